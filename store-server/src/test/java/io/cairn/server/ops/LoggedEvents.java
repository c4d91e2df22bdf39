package io.cairn.server.ops;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** The events that are logged while it is open. */
public final class LoggedEvents implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger(EventLog.LOGGER);
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  public LoggedEvents() {
    events.list = new CopyOnWriteArrayList<>();
    events.start();
    logger.addAppender(events);
  }

  /** The values of each occurrence of an event, as {@code [name="value", ...]}. */
  public List<String> of(LogEvent event) {
    return events.list.stream()
        .filter(line -> line.getMessage().equals(event.tag()))
        .map(line -> String.valueOf(line.getKeyValuePairs()))
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
  }
}
