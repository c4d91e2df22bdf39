package io.cairn.client;

import java.util.Arrays;

/**
 * The keys from {@code from} up to but without {@code end}. An empty end means the one key {@code
 * from}; a single zero byte means all keys from {@code from} on.
 */
public record KeyRange(Bytes from, Bytes end) {
  private static final Bytes OPEN_END = Bytes.of(new byte[1]);

  /** One key. */
  public static KeyRange key(Bytes key) {
    return new KeyRange(key, Bytes.empty());
  }

  /** One key. */
  public static KeyRange key(String key) {
    return key(Bytes.utf8(key));
  }

  /** From {@code from} up to but without {@code end}. */
  public static KeyRange between(Bytes from, Bytes end) {
    return new KeyRange(from, end);
  }

  /** {@code from} and all behind it. */
  public static KeyRange from(Bytes from) {
    return new KeyRange(from, OPEN_END);
  }

  /** All keys. */
  public static KeyRange all() {
    return from(OPEN_END);
  }

  /** The keys that start with {@code prefix}. */
  public static KeyRange prefix(String prefix) {
    return prefix(Bytes.utf8(prefix));
  }

  /** The keys that start with {@code prefix}. */
  public static KeyRange prefix(Bytes prefix) {
    byte[] end = prefix.toArray();
    for (int i = end.length - 1; i >= 0; i--) {
      if (end[i] != (byte) 0xff) {
        end[i]++;
        return new KeyRange(prefix, Bytes.of(Arrays.copyOf(end, i + 1)));
      }
    }
    return prefix.isEmpty() ? all() : from(prefix);
  }

  /** True for a range of one key. */
  public boolean isSingle() {
    return end.isEmpty();
  }
}
