package io.cairn.chaos.check;

import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Operation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parts of values that may be anything. What is not of the kind asked for is null. */
final class Fields {
  private Fields() {}

  /** A field of a map. */
  static @Nullable Object of(@Nullable Object map, String name) {
    return map instanceof Map<?, ?> fields ? fields.get(name) : null;
  }

  /** A field of a map that is a whole number. */
  static @Nullable Long number(@Nullable Object map, String name) {
    return number(of(map, name));
  }

  /** A whole number. */
  static @Nullable Long number(@Nullable Object value) {
    return value instanceof Long number ? number : null;
  }

  /** A list. */
  static @Nullable List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : null;
  }

  /** A field of what an operation returned; if it is not there, of what it was begun with. */
  static @Nullable Object either(Operation operation, String name) {
    Object returned = of(operation.result(), name);
    return returned != null ? returned : of(operation.argument(), name);
  }

  /** A whole number of what an operation returned; else of what it was begun with. */
  static @Nullable Long eitherNumber(Operation operation, String name) {
    return number(either(operation, name));
  }

  /** True if a value says that there is none. */
  static boolean isAbsent(@Nullable Object value) {
    return value == null || value.equals(Keyword.ABSENT) || value.equals("absent");
  }

  /** The same for keyword and string, where both mean a name. */
  static @Nullable Object name(@Nullable Object value) {
    return value instanceof Keyword keyword ? keyword.name() : value;
  }
}
