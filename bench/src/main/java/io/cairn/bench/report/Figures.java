package io.cairn.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Named figures in the order they were given; units are part of the names. For one thread. */
public final class Figures {
  private static final int NAME_WIDTH = 26;

  private final Map<String, Object> values = new LinkedHashMap<>();

  /** A whole number. */
  public Figures put(String name, long value) {
    values.put(name, value);
    return this;
  }

  /** A number, shown with three digits behind the point. */
  public Figures put(String name, double value) {
    values.put(name, value);
    return this;
  }

  /** Words. */
  public Figures put(String name, String value) {
    values.put(name, value);
    return this;
  }

  /** Numbers, one for each server or repetition. */
  public Figures put(String name, List<? extends Number> value) {
    values.put(name, new ArrayList<Object>(value));
    return this;
  }

  /** All figures of {@code others} behind these. */
  public Figures putAll(Figures others) {
    values.putAll(others.values);
    return this;
  }

  /** One line for each figure. */
  public String text() {
    return values.entrySet().stream()
        .map(entry -> pad(entry.getKey()) + shown(entry.getValue(), " ") + "\n")
        .collect(Collectors.joining());
  }

  /** One JSON object on one line. */
  public String json() {
    return values.entrySet().stream()
            .map(entry -> Json.quoted(entry.getKey()) + ":" + json(entry.getValue()))
            .collect(Collectors.joining(",", "{", "}"))
        + "\n";
  }

  private static String pad(String name) {
    return name + " ".repeat(Math.max(1, NAME_WIDTH - name.length()));
  }

  private static String shown(Object value, String separator) {
    if (value instanceof List<?> items) {
      return items.stream()
          .map(item -> shown(item, separator))
          .collect(Collectors.joining(separator));
    }
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.3f", number)
        : value.toString();
  }

  private static String json(Object value) {
    if (value instanceof List<?>) {
      return "[" + shown(value, ",") + "]";
    }
    return value instanceof String words ? Json.quoted(words) : shown(value, ",");
  }
}
