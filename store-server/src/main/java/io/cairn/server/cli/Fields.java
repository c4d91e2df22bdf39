package io.cairn.server.cli;

import io.cairn.client.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fields of one JSON object, in the order in which they were given. For one thread. */
final class Fields {
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  /** No fields yet. */
  static Fields of() {
    return new Fields();
  }

  /** Adds a text. */
  Fields put(String name, String value) {
    values.put(name, value);
    return this;
  }

  /** Adds a number. */
  Fields put(String name, long value) {
    values.put(name, value);
    return this;
  }

  /** Adds a fraction; finite, as JSON knows no other. */
  Fields put(String name, double value) {
    values.put(name, value);
    return this;
  }

  /** Adds a boolean. */
  Fields put(String name, boolean value) {
    values.put(name, value);
    return this;
  }

  /** Adds an object, or null. */
  Fields put(String name, Optional<Fields> value) {
    values.put(name, value.orElse(null));
    return this;
  }

  /** Adds a list of objects. */
  Fields objects(String name, List<Fields> value) {
    values.put(name, value);
    return this;
  }

  /** Adds a list of texts. */
  Fields texts(String name, List<String> value) {
    values.put(name, value);
    return this;
  }

  /** Adds a list of numbers. */
  Fields numbers(String name, List<Long> value) {
    values.put(name, value);
    return this;
  }

  /** Adds texts by name. */
  Fields texts(String name, Map<String, String> value) {
    Fields inner = of();
    value.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> inner.put(entry.getKey(), entry.getValue()));
    values.put(name, inner);
    return this;
  }

  /**
   * Adds bytes: as text when they are valid UTF-8, else in base64, which a field {@code
   * nameEncoding} of {@code base64} says.
   */
  Fields put(String name, Bytes value) {
    if (Shown.isUtf8(value)) {
      return put(name, value.toUtf8());
    }
    return put(name, Shown.base64(value)).put(name + "Encoding", "base64");
  }

  /** All fields. */
  Map<String, @Nullable Object> values() {
    return values;
  }
}
