package io.cairn.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.slf4j.LoggerFactory;

/** The events that all servers of this process log while it is open. */
final class EventCapture implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger(EventLog.LOGGER);
  private final Level former = logger.getLevel();
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  EventCapture() {
    events.list = new CopyOnWriteArrayList<>();
    events.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(events);
  }

  /** The values of each occurrence of an event, as {@code [name="value", ...]}. */
  List<String> of(LogEvent event) {
    return events.list.stream()
        .filter(line -> line.getMessage().equals(event.tag()))
        .map(line -> String.valueOf(line.getKeyValuePairs()))
        .toList();
  }

  /** Waits for the first occurrence. */
  void await(LogEvent event) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !of(event).isEmpty());
  }

  @Override
  public void close() {
    logger.detachAppender(events);
    logger.setAdditive(true);
    logger.setLevel(former);
  }
}
