package io.cairn.server.raft.log;

import ch.qos.logback.classic.Logger;
import io.cairn.server.ops.EventLog;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Keeps from the console what the log says of faults that a test injects by the thousand. */
final class UnprintedLog implements BeforeAllCallback, AfterAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    print(false);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    print(true);
  }

  private static void print(boolean printed) {
    Stream.of(EventLog.LOGGER, UnprintedLog.class.getPackageName())
        .map(name -> (Logger) LoggerFactory.getLogger(name))
        .forEach(logger -> logger.setAdditive(printed));
  }
}
