package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;

/** A set of keys as disjoint intervals [from, to), {@code to} empty: no end. */
final class KeyIntervals {
  private final TreeMap<ByteString, Optional<ByteString>> ends = new TreeMap<>(KeyRange.ORDER);

  /** Adds the keys of a range. */
  void add(KeyRange range) {
    if (!range.empty()) {
      byte[] to = range.to();
      add(range.key(), to == null ? Optional.empty() : Optional.of(ByteString.copyFrom(to)));
    }
  }

  /** Adds all keys of another set. */
  void addAll(KeyIntervals others) {
    others.ends.forEach(this::add);
  }

  /** True if the key is in the set. */
  boolean contains(ByteString key) {
    Map.Entry<ByteString, Optional<ByteString>> entry = ends.floorEntry(key);
    return entry != null && above(entry.getValue(), key);
  }

  /** True if any of the keys is in the set. */
  boolean containsAny(NavigableSet<ByteString> keys) {
    for (Map.Entry<ByteString, Optional<ByteString>> entry : ends.entrySet()) {
      ByteString first = keys.ceiling(entry.getKey());
      if (first != null && above(entry.getValue(), first)) {
        return true;
      }
    }
    return false;
  }

  /** The intervals, in order, {@code from} to {@code to}. */
  Map<ByteString, Optional<ByteString>> intervals() {
    return ends;
  }

  private void add(ByteString from, Optional<ByteString> to) {
    ByteString start = from;
    Optional<ByteString> end = to;
    Map.Entry<ByteString, Optional<ByteString>> near = ends.floorEntry(from);
    if (near == null || !reaches(near.getValue(), from)) {
      near = ends.ceilingEntry(from);
    }
    while (near != null && reaches(end, near.getKey())) {
      start = KeyRange.ORDER.compare(near.getKey(), start) < 0 ? near.getKey() : start;
      end = later(end, near.getValue());
      ends.remove(near.getKey());
      near = ends.higherEntry(near.getKey());
    }
    ends.put(start, end);
  }

  private static boolean above(Optional<ByteString> end, ByteString key) {
    return end.isEmpty() || KeyRange.ORDER.compare(end.get(), key) > 0;
  }

  private static boolean reaches(Optional<ByteString> end, ByteString key) {
    return end.isEmpty() || KeyRange.ORDER.compare(end.get(), key) >= 0;
  }

  private static Optional<ByteString> later(Optional<ByteString> a, Optional<ByteString> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    return KeyRange.ORDER.compare(a.get(), b.get()) >= 0 ? a : b;
  }
}
