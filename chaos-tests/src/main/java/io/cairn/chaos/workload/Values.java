package io.cairn.chaos.workload;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parts of the values that generators make, of which the kind is known. */
final class Values {
  private Values() {}

  static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value, "a map");
  }

  static List<?> list(@Nullable Object value) {
    return (List<?>) Objects.requireNonNull(value, "a list");
  }

  static long number(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value, "a number");
  }

  static long number(Map<?, ?> map, String field) {
    return number(map.get(field));
  }

  /** An element of a list. */
  static Object at(List<?> list, int place) {
    return Objects.requireNonNull(list.get(place), "an element");
  }

  /** What a map has for a key that it has. */
  static <V> V of(Map<?, V> map, Object key) {
    return Objects.requireNonNull(map.get(key), "a value");
  }
}
