package io.cairn.server.ops;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/** One log event as one line: JSON, or {@code name=value} text. A stack trace stays in the line. */
final class LineLayout extends LayoutBase<ILoggingEvent> {
  private static final int STACK_FRAMES_MAX = 24;

  private final boolean json;

  LineLayout(boolean json) {
    this.json = json;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    if (json) {
      line.append('{');
    }
    add(line, "time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
    add(line, "level", event.getLevel().toString().toLowerCase(Locale.ROOT));
    add(line, "logger", event.getLoggerName());
    add(line, "event", String.valueOf(event.getFormattedMessage()));
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> add(line, pair.key, pair.value == null ? "null" : pair.value));
    }
    IThrowableProxy cause = event.getThrowableProxy();
    if (cause != null) {
      add(line, "cause", causes(cause));
      add(line, "stack", stack(cause));
    }
    if (json) {
      line.append('}');
    }
    return line.append('\n').toString();
  }

  private void add(StringBuilder line, String name, Object value) {
    if (line.length() > 1) {
      line.append(json ? ',' : ' ');
    }
    if (json) {
      quote(line, name);
      line.append(':');
      if (value instanceof Number || value instanceof Boolean) {
        line.append(value);
      } else {
        quote(line, value.toString());
      }
      return;
    }
    line.append(name).append('=');
    String text = value.toString();
    boolean plain =
        !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '=');
    if (plain) {
      line.append(text);
    } else {
      quote(line, text);
    }
  }

  private static String causes(IThrowableProxy first) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    for (IThrowableProxy at = first; at != null && depth < 5; at = at.getCause(), depth++) {
      text.append(depth == 0 ? "" : "; caused by ").append(at.getClassName());
      if (at.getMessage() != null) {
        text.append(": ").append(at.getMessage());
      }
    }
    return text.toString();
  }

  private static String stack(IThrowableProxy cause) {
    StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(STACK_FRAMES_MAX, frames.length); i++) {
      text.append(i == 0 ? "" : " < ").append(frames[i].getStackTraceElement());
    }
    return text.toString();
  }

  /** Writes a JSON string. */
  static void quote(StringBuilder line, String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (c < ' ' || c == 127 || Character.isSurrogate(c) || c == 0x2028 || c == 0x2029) {
            line.append(String.format("\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    line.append('"');
  }
}
