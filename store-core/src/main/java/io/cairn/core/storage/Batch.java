package io.cairn.core.storage;

import io.cairn.core.storage.StateDigest.RowHash;
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
  private final Map<ColumnFamily, FamilyRows> overlay = new EnumMap<>(ColumnFamily.class);
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
      overlay.put(family, new FamilyRows(family));
    }
  }

  /** Writes a row, new or not. */
  public void put(ColumnFamily family, byte[] key, byte[] value) {
    checkWritable(family);
    replace(family, key, get(family, key), value);
  }

  /**
   * Writes a row of which the caller knows that there is none of this key. Saves a read.
   *
   * @return what {@link #removeUnread} needs later
   */
  public RowHash insert(ColumnFamily family, byte[] key, byte[] value) {
    assert isAbsent(family, key) : family + " has a row under " + Arrays.toString(key);
    checkWritable(family);
    if (family == ColumnFamily.COUNTER) {
      settleCounters(); // what was set before must not come over it
    }
    RowHash added = digest.add(family, key, value);
    note(family, key, value);
    return added;
  }

  /** Writes a row whose present value the caller has just read; null: there is none. */
  public void replace(ColumnFamily family, byte[] key, byte @Nullable [] old, byte[] value) {
    checkWritable(family);
    assert Arrays.equals(get(family, key), old) : family + ": not the old value";
    if (family.writtenOnce() && old != null) {
      throw new IllegalArgumentException(family + " has rows that are written once");
    }
    if (family == ColumnFamily.COUNTER) {
      settleCounters(); // what was set before must not come over it
    }
    if (old != null) {
      digest.remove(family, key, old);
    }
    digest.add(family, key, value);
    note(family, key, value);
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
    checkWritable(family);
    assert Arrays.equals(get(family, key), old) : family + ": not the old value";
    digest.remove(family, key, old);
    note(family, key, null);
  }

  /** Removes a row that is there, by what {@link #insert} said when it was written. */
  public void removeUnread(ColumnFamily family, byte[] key, RowHash added) {
    checkWritable(family);
    assert isOf(family, key, added) : family + ": not the row that was inserted";
    digest.remove(added);
    note(family, key, null);
  }

  /** Sets a counter. */
  public void setCounter(Counter counter, long value) {
    checkWritable(ColumnFamily.COUNTER);
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
    return new MergeCursor(
        rows(family), section(family, from, to), committed.ascend(family, from, to), 1);
  }

  @Override
  public Cursor descend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return new MergeCursor(
        rows(family),
        section(family, from, to).descendingMap(),
        committed.descend(family, from, to),
        -1);
  }

  /** Rows written in a family. */
  FamilyRows written(ColumnFamily family) {
    settleCounters();
    return rows(family);
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

  private FamilyRows rows(ColumnFamily family) {
    FamilyRows rows = overlay.get(family);
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
    return rows(family).inOrder();
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

  private void checkWritable(ColumnFamily family) {
    if (sealed) {
      throw new IllegalStateException("batch is committed: no write to " + family);
    }
    if (!family.logical()) {
      throw new IllegalArgumentException(family + " is written by the storage alone");
    }
  }

  private boolean isAbsent(ColumnFamily family, byte[] key) {
    return rows(family).knows(key) ? get(family, key) == null : committed.get(family, key) == null;
  }

  private boolean isOf(ColumnFamily family, byte[] key, RowHash added) {
    byte[] value = get(family, key);
    return value != null && digest.hashOf(family, key, value).equals(added);
  }

  private void note(ColumnFamily family, byte[] key, byte @Nullable [] value) {
    if (family == ColumnFamily.COUNTER) {
      Arrays.fill(known, false); // perhaps not written through setCounter
    }
    rows(family).add(key, value);
    bytes += key.length + (value == null ? 0 : value.length) + ROW_BYTES;
    writes++;
  }
}
