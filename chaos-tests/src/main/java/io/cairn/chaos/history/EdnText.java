package io.cairn.chaos.history;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values as EDN on one line. Keys of maps that can be keywords are keywords. */
public final class EdnText {
  private static final Pattern WORD = Pattern.compile("[a-zA-Z*!_?$%&=<>][\\w*!?$%&=<>.+/-]*");

  private EdnText() {}

  /** The text of a value. */
  public static String of(@Nullable Object value) {
    StringBuilder to = new StringBuilder();
    append(to, value);
    return to.toString();
  }

  /** Appends the text of a value. */
  static void append(StringBuilder to, @Nullable Object value) {
    if (value == null) {
      to.append("nil");
    } else if (value instanceof String text) {
      string(to, text);
    } else if (value instanceof Map<?, ?> map) {
      map(to, map);
    } else if (value instanceof Collection<?> values) {
      String gap = "";
      to.append('[');
      for (Object element : values) {
        to.append(gap);
        append(to, element);
        gap = " ";
      }
      to.append(']');
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Boolean
        || value instanceof Keyword) {
      to.append(value);
    } else if (value instanceof java.math.BigInteger) {
      to.append(value).append('N');
    } else if (value instanceof java.math.BigDecimal) {
      to.append(value).append('M');
    } else if (value instanceof Double number && Double.isFinite(number)) {
      to.append(value);
    } else {
      string(to, String.valueOf(value));
    }
  }

  /** Appends a key and its value, as they stand in a map. */
  static void entry(StringBuilder to, @Nullable Object key, @Nullable Object value) {
    if (key instanceof String word && WORD.matcher(word).matches()) {
      to.append(':').append(word);
    } else {
      append(to, key);
    }
    to.append(' ');
    append(to, value);
  }

  private static void map(StringBuilder to, Map<?, ?> map) {
    String gap = "";
    to.append('{');
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      to.append(gap);
      entry(to, entry.getKey(), entry.getValue());
      gap = ", ";
    }
    to.append('}');
  }

  private static void string(StringBuilder to, String text) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          if (c < ' ') {
            to.append("\\u%04x".formatted((int) c));
          } else {
            to.append(c);
          }
        }
      }
    }
    to.append('"');
  }
}
