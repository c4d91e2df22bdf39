package io.cairn.client.codec.hessian;

import io.cairn.client.codec.CorruptStateException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fits a value read to the class of the field it is for. Numbers may have been of another width
 * when they were written; they are taken when nothing is lost, and refused otherwise.
 */
final class FieldFit {
  private static final Map<Class<?>, Class<?>> BOXES =
      Map.of(
          boolean.class, Boolean.class,
          byte.class, Byte.class,
          short.class, Short.class,
          char.class, Character.class,
          int.class, Integer.class,
          long.class, Long.class,
          float.class, Float.class,
          double.class, Double.class);

  private static final Map<Class<?>, Object> ZEROS =
      Map.of(
          boolean.class,
          false,
          byte.class,
          (byte) 0,
          short.class,
          (short) 0,
          char.class,
          (char) 0,
          int.class,
          0,
          long.class,
          0L,
          float.class,
          0f,
          double.class,
          0d);

  private FieldFit() {}

  /** The value of a field that is not in the bytes. */
  static @Nullable Object absent(Class<?> declared) {
    return ZEROS.get(declared);
  }

  static @Nullable Object fit(@Nullable Object value, Class<?> declared, String field) {
    if (value == null) {
      if (declared.isPrimitive()) {
        throw misfit(field, declared, "null");
      }
      return null;
    }
    Class<?> box = BOXES.getOrDefault(declared, declared);
    if (box.isInstance(value)) {
      return value;
    }
    Object number = number(value, box);
    if (number == null) {
      throw misfit(field, declared, value.getClass().getName());
    }
    return number;
  }

  private static @Nullable Object number(Object value, Class<?> box) {
    if (isIntegral(value)) {
      return ofLong(((Number) value).longValue(), box);
    }
    if (value instanceof Double number && box == Float.class) {
      float narrow = number.floatValue();
      return Double.compare(narrow, number) == 0 ? narrow : null;
    }
    return value instanceof Float number && box == Double.class ? number.doubleValue() : null;
  }

  private static @Nullable Object ofLong(long number, Class<?> box) {
    if (box == Long.class) {
      return number;
    } else if (box == Integer.class) {
      return (int) number == number ? (int) number : null;
    } else if (box == Short.class) {
      return (short) number == number ? (short) number : null;
    } else if (box == Byte.class) {
      return (byte) number == number ? (byte) number : null;
    } else if (box == Character.class) {
      return (char) number == number ? (char) number : null;
    } else if (box == Double.class) {
      return Math.abs(number) <= 1L << 53 ? (double) number : null;
    } else if (box == Float.class) {
      return Math.abs(number) <= 1L << 24 ? (float) number : null;
    }
    return null;
  }

  private static boolean isIntegral(Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte;
  }

  private static CorruptStateException misfit(String field, Class<?> declared, String found) {
    return new CorruptStateException(
        "%s: expected %s, found %s".formatted(field, declared.getName(), found));
  }
}
