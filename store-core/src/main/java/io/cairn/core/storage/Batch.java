package io.cairn.core.storage;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The effects of some entries, not yet written, over the committed state. Reads see the batch's own
 * writes first, so each command sees the one before it. Keeps the state digest in step (I7).
 * Applying thread only.
 */
public final class Batch implements ReadView {
  /** What a row takes in memory besides its bytes: nodes of the overlay, array headers. */
  static final int ROW_BYTES = 128;

  private final ReadView committed;
  private final StateDigest digest;
  private final Map<ColumnFamily, NavigableMap<byte[], Optional<byte[]>>> overlay =
      new EnumMap<>(ColumnFamily.class);
  private long bytes;
  private long writes;
  private boolean sealed;

  /** Counters change with nearly every command: their rows are written when somebody looks. */
  private final long[] counters = new long[Counter.HIGHEST_NUMBER + 1];

  private final boolean[] known = new boolean[counters.length];
  private final boolean[] changed = new boolean[counters.length];
  private boolean anyChanged;

  Batch(ReadView committed, StateDigest digest) {
    this.committed = committed;
    this.digest = digest;
    for (ColumnFamily family : ColumnFamily.values()) {
      overlay.put(family, new TreeMap<>(Arrays::compareUnsigned));
    }
  }

  /** Writes a row, new or not. */
  public void put(ColumnFamily family, byte[] key, byte[] value) {
    byte[] old = family.logical() ? get(family, key) : null;
    replace(family, key, old, value);
  }

  /** Writes a row of which the caller knows that there is none of this key. Saves a read. */
  public void insert(ColumnFamily family, byte[] key, byte[] value) {
    assert get(family, key) == null : family + " has a row under " + Arrays.toString(key);
    replace(family, key, null, value);
  }

  /** Writes a row whose present value the caller has just read; null: there is none. */
  public void replace(ColumnFamily family, byte[] key, byte @Nullable [] old, byte[] value) {
    assert !family.logical() || Arrays.equals(get(family, key), old)
        : family + ": not the old value";
    if (family == ColumnFamily.COUNTER) {
      settleCounters(); // what was set before must not come over it
    }
    if (family.logical()) {
      if (old != null) {
        digest.remove(family, key, old);
      }
      digest.add(family, key, value);
    }
    note(family, key, Optional.of(value), value.length);
  }

  /** Removes a row if it is there. */
  public void delete(ColumnFamily family, byte[] key) {
    byte[] old = get(family, key);
    if (old != null) {
      remove(family, key, old);
    }
  }

  /** Removes a row whose present value the caller has just read. Saves a read. */
  public void remove(ColumnFamily family, byte[] key, byte[] old) {
    assert Arrays.equals(get(family, key), old) : family + ": not the old value";
    if (family.logical()) {
      digest.remove(family, key, old);
    }
    note(family, key, Optional.empty(), 0);
  }

  /** Sets a counter. */
  public void setCounter(Counter counter, long value) {
    checkOpen(ColumnFamily.COUNTER);
    int place = counter.number();
    counters[place] = value;
    known[place] = true;
    changed[place] = true;
    anyChanged = true;
    writes++;
  }

  @Override
  public long counter(Counter counter) {
    int place = counter.number();
    if (!known[place]) {
      counters[place] = ReadView.super.counter(counter);
      known[place] = true;
    }
    return counters[place];
  }

  /** Adds to a counter and returns its new value. */
  public long addToCounter(Counter counter, long by) {
    long value = counter(counter) + by;
    setCounter(counter, value);
    return value;
  }

  /**
   * Bytes of what was written so far, without counters: keys and values, and {@link #ROW_BYTES} for
   * each write, as a million small rows fill the memory, too. What {@code Limits.BATCH_BYTES}
   * bounds.
   */
  public long bytes() {
    return bytes;
  }

  /** Writes so far. A refused command leaves it as it was. */
  public long writes() {
    return writes;
  }

  @Override
  public byte @Nullable [] get(ColumnFamily family, byte[] key) {
    Optional<byte[]> row = settled(family).get(key);
    return row == null ? committed.get(family, key) : row.orElse(null);
  }

  @Override
  public Cursor ascend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return new MergeCursor(section(family, from, to), committed.ascend(family, from, to), 1);
  }

  @Override
  public Cursor descend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return new MergeCursor(
        section(family, from, to).descendingMap(), committed.descend(family, from, to), -1);
  }

  /** Rows written, removed ones as empty. */
  Map<ColumnFamily, NavigableMap<byte[], Optional<byte[]>>> rows() {
    settleCounters();
    return overlay;
  }

  StateDigest digest() {
    settleCounters();
    return digest;
  }

  /** Ends the writing: what is committed must be what was digested. */
  void seal() {
    settleCounters();
    sealed = true;
  }

  private NavigableMap<byte[], Optional<byte[]>> section(
      ColumnFamily family, byte[] from, byte @Nullable [] to) {
    NavigableMap<byte[], Optional<byte[]>> rows = settled(family);
    if (to == null) {
      return rows.tailMap(from, true);
    }
    return Arrays.compareUnsigned(from, to) >= 0
        ? new TreeMap<>(Arrays::compareUnsigned)
        : rows.subMap(from, true, to, false);
  }

  private NavigableMap<byte[], Optional<byte[]>> rows(ColumnFamily family) {
    NavigableMap<byte[], Optional<byte[]>> rows = overlay.get(family);
    if (rows == null) {
      throw new IllegalArgumentException("no family " + family);
    }
    return rows;
  }

  /** The rows of a family, those of counters as they are now. */
  private NavigableMap<byte[], Optional<byte[]>> settled(ColumnFamily family) {
    if (family == ColumnFamily.COUNTER) {
      settleCounters();
    }
    return rows(family);
  }

  private void settleCounters() {
    if (!anyChanged) {
      return;
    }
    anyChanged = false;
    long writesBefore = writes; // each was counted when it was set
    long bytesBefore = bytes; // I2: commands are bounded by bytes, which must not tell who looked
    for (Counter counter : Counter.values()) {
      int place = counter.number();
      if (changed[place]) {
        changed[place] = false;
        put(ColumnFamily.COUNTER, counter.key(), KeyLayout.id(counters[place]));
        known[place] = true;
      }
    }
    writes = writesBefore;
    bytes = bytesBefore;
  }

  private void checkOpen(ColumnFamily family) {
    if (sealed) {
      throw new IllegalStateException("batch is committed: no write to " + family);
    }
  }

  private void note(ColumnFamily family, byte[] key, Optional<byte[]> value, int length) {
    checkOpen(family);
    if (!family.logical()) {
      throw new IllegalArgumentException(family + " is written by the storage alone");
    }
    if (family == ColumnFamily.COUNTER) {
      Arrays.fill(known, false); // perhaps not written through setCounter
    }
    rows(family).put(key, value);
    bytes += key.length + length + ROW_BYTES;
    writes++;
  }
}
