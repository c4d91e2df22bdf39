package io.cairn.core.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Committed rows that the applying thread has read lately: most commands begin by reading a row
 * that a recent one has written. A row that was only written is left out: those of a great load of
 * new keys will hardly be read soon. Bounded in bytes, in two generations: a row that is used comes
 * into the young one; when that has half of the bytes, it becomes the old one, and what only the
 * old one held is forgotten. A list in the order of use would touch the memory of three rows for
 * each that is used.
 *
 * <p>I1: holds nothing that is not committed. {@link RocksStorage} tells it of each committed
 * write, and begins another one with another database. Applying thread only.
 */
final class RowCache implements ReadView {
  /** What an entry takes besides its bytes. */
  private static final int ENTRY_BYTES = 128;

  /** A longer row is cheap to read for its length, and would push out many. */
  private static final int ROW_BYTES_MAX = 16 * 1024;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L; // odd, of the golden ratio
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ReadView committed;
  private final long generationBytesMax;
  private Map<RowKey, byte[]> young = new HashMap<>();
  private Map<RowKey, byte[]> old = new HashMap<>();
  private long youngBytes;
  private long oldBytes;

  /** Family and key of a row. */
  private static final class RowKey implements Comparable<RowKey> {
    private final ColumnFamily family;
    private final byte[] key;
    private final int hash;

    RowKey(ColumnFamily family, byte[] key) {
      this.family = family;
      this.key = key;
      this.hash = hash(family.number(), key);
    }

    /** Numbers that differ in a few bits must differ here in many: keys are mostly numbers. */
    private static int hash(int family, byte[] key) {
      long mixed = family;
      int at = 0;
      for (; at <= key.length - Long.BYTES; at += Long.BYTES) {
        mixed = (Long.rotateLeft(mixed, 29) ^ (long) LONGS.get(key, at)) * MULTIPLIER;
      }
      for (; at < key.length; at++) {
        mixed = (Long.rotateLeft(mixed, 29) ^ key[at]) * MULTIPLIER;
      }
      return (int) (mixed ^ (mixed >>> Integer.SIZE));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof RowKey that
          && hash == that.hash
          && family == that.family
          && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    /** Keys that were chosen for one hash are found by their order. */
    @Override
    public int compareTo(RowKey other) {
      int families = family.compareTo(other.family);
      return families != 0 ? families : Arrays.compareUnsigned(key, other.key);
    }
  }

  /** A cache over {@code committed} of up to {@code bytesMax} bytes. */
  RowCache(ReadView committed, long bytesMax) {
    this.committed = committed;
    this.generationBytesMax = bytesMax / 2;
  }

  @Override
  public byte @Nullable [] get(ColumnFamily family, byte[] key) {
    if (!family.readAgain()) {
      return committed.get(family, key);
    }
    RowKey row = new RowKey(family, key);
    byte[] known = young.get(row);
    if (known == null) {
      known = old.get(row);
      if (known == null) {
        known = committed.get(family, key);
      }
      if (known != null) {
        keep(row, known);
      }
    }
    return known;
  }

  @Override
  public Cursor ascend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return committed.ascend(family, from, to);
  }

  @Override
  public Cursor descend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return committed.descend(family, from, to);
  }

  /** A row was committed; null: its removal. */
  void committed(ColumnFamily family, byte[] key, byte @Nullable [] value) {
    RowKey row = new RowKey(family, key);
    if (value == null) {
      forget(row);
    } else if (young.containsKey(row) || old.containsKey(row)) {
      keep(row, value);
    }
  }

  private void forget(RowKey row) {
    byte[] inOld = old.remove(row);
    oldBytes -= inOld == null ? 0 : size(row, inOld);
    byte[] inYoung = young.remove(row);
    youngBytes -= inYoung == null ? 0 : size(row, inYoung);
  }

  private void keep(RowKey row, byte[] value) {
    if (value.length > ROW_BYTES_MAX) {
      forget(row);
      return;
    }
    byte[] before = young.put(row, value);
    youngBytes += size(row, value) - (before == null ? 0 : size(row, before));
    if (youngBytes > generationBytesMax) {
      old = young;
      oldBytes = youngBytes;
      young = new HashMap<>();
      youngBytes = 0;
    }
  }

  private static long size(RowKey row, byte[] value) {
    return (long) ENTRY_BYTES + row.key.length + value.length;
  }

  /** Bytes it takes, as it counts them, at most. */
  long bytes() {
    return youngBytes + oldBytes;
  }
}
