package io.cairn.core.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a batch has written in one family: rows in order, and behind them those that were only added
 * since somebody looked. Most rows of history are never looked at before they are committed, and
 * need no place in the order. Not thread-safe.
 */
final class FamilyRows {
  private final boolean writtenOnce;
  private final NavigableMap<byte[], Optional<byte[]>> ordered =
      new TreeMap<>(Arrays::compareUnsigned);
  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte @Nullable []> values = new ArrayList<>();

  /** Takes rows in the order in which they count: of two with one key, the later. */
  @FunctionalInterface
  interface Sink {
    void row(byte[] key, byte @Nullable [] value);
  }

  FamilyRows(ColumnFamily family) {
    this.writtenOnce = family.writtenOnce();
  }

  /** Adds a row, or with null its removal. */
  void add(byte[] key, byte @Nullable [] value) {
    keys.add(key);
    values.add(value);
  }

  /** All rows, removed ones as empty. What is added later is in it after the next call. */
  NavigableMap<byte[], Optional<byte[]>> inOrder() {
    for (int i = 0; i < keys.size(); i++) {
      Optional<byte[]> before = ordered.put(keys.get(i), Optional.ofNullable(values.get(i)));
      if (writtenOnce && before != null && values.get(i) != null) {
        throw new IllegalStateException(
            "a key that is written once was written again: " + Arrays.toString(keys.get(i)));
      }
    }
    keys.clear();
    values.clear();
    return ordered;
  }

  /** Whether a row or a removal of this key is here. Leaves the order as it is: for assertions. */
  boolean knows(byte[] key) {
    return ordered.containsKey(key) || keys.stream().anyMatch(other -> Arrays.equals(other, key));
  }

  boolean isEmpty() {
    return ordered.isEmpty() && keys.isEmpty();
  }

  void forEach(Sink sink) {
    ordered.forEach((key, value) -> sink.row(key, value.orElse(null)));
    for (int i = 0; i < keys.size(); i++) {
      sink.row(keys.get(i), values.get(i));
    }
  }
}
