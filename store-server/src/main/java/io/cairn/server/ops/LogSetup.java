package io.cairn.server.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging of a server process: one line per event on standard error, third parties from
 * WARN on. Call it before the first class of a third party is touched.
 */
public final class LogSetup {
  /** Tells each start that there is no epoll library; held, else the JDK forgets the level. */
  private static final java.util.logging.Logger TCP_METRICS =
      java.util.logging.Logger.getLogger("io.grpc.netty.TcpMetrics");

  private LogSetup() {}

  /**
   * Keeps the logging shim of the raft libraries from writing files, and gRPC from writing to the
   * console on its own. Before anything else.
   */
  public static void silenceShims() {
    System.setProperty("sofa.middleware.log.disable", "true");
    TCP_METRICS.setLevel(java.util.logging.Level.WARNING);
  }

  /**
   * Replaces the present set-up.
   *
   * @param format text or json
   * @param level lowest level of our own loggers
   */
  public static void apply(String format, String level) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context.reset();
    LineLayout layout = new LineLayout(format.equals("json"));
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    Level own = Level.toLevel(level, Level.INFO);
    context.getLogger(EventLog.LOGGER).setLevel(own);
    context.getLogger("io.cairn").setLevel(own);
    context.getLogger("com.alipay.sofa.common.log").setLevel(Level.ERROR);
  }
}
