package io.cairn.core.storage;

import org.jspecify.annotations.Nullable;

/** Rows as they are at one point: of a committed state, or of a batch that is being built. */
public interface ReadView {
  /** The row's value, or null. The caller must not change the array. */
  byte @Nullable [] get(ColumnFamily family, byte[] key);

  /**
   * Rows of [from, to) in ascending unsigned order; {@code to} null: to the end. Close the cursor.
   */
  Cursor ascend(ColumnFamily family, byte[] from, byte @Nullable [] to);

  /**
   * Rows of [from, to) in descending unsigned order; {@code to} null: from the end. Close the
   * cursor.
   */
  Cursor descend(ColumnFamily family, byte[] from, byte @Nullable [] to);

  /** The counter's value. */
  default long counter(Counter counter) {
    byte[] value = get(ColumnFamily.COUNTER, counter.key());
    return value == null ? counter.initial() : KeyLayout.readLong(value, 0);
  }
}
