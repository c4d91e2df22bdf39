package io.cairn.server.ops;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes one structured line per {@link LogEvent}. Values given to it are numbers, names and
 * addresses, never stored keys or values.
 */
public final class EventLog {
  /** Name of the logger. */
  public static final String LOGGER = "cairn";

  private final Logger logger = LoggerFactory.getLogger(LOGGER);

  /**
   * Logs an event.
   *
   * @param pairs name, value, name, value
   */
  public void log(LogEvent event, Object... pairs) {
    builder(event, pairs).log(event.tag());
  }

  /** Logs an event with what caused it, stack trace included. */
  public void failure(LogEvent event, Throwable cause, Object... pairs) {
    builder(event, pairs).setCause(cause).log(event.tag());
  }

  private LoggingEventBuilder builder(LogEvent event, Object... pairs) {
    if (pairs.length % 2 != 0) {
      throw new IllegalArgumentException(event + ": " + pairs.length + " names and values");
    }
    LoggingEventBuilder builder = logger.atLevel(event.level());
    for (int i = 0; i < pairs.length; i += 2) {
      builder = builder.addKeyValue(String.valueOf(pairs[i]), pairs[i + 1]);
    }
    return builder;
  }
}
