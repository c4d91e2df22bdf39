package io.cairn.core.storage;

import org.jspecify.annotations.Nullable;

/**
 * Committed rows that the applying thread has read or written lately: most commands begin by
 * reading a row that a recent one has written. Bounded in bytes, in two generations: a row that is
 * used comes into the young one; when that has half of the bytes, it becomes the old one, and what
 * only the old one held is forgotten. A list in the order of use would touch the memory of three
 * rows for each that is used.
 *
 * <p>I1: holds nothing that is not committed. {@link RocksStorage} tells it of each committed
 * write, and of each other database. A row is in one generation at most, so that either may forget
 * it at any time. Applying thread only.
 */
final class RowCache implements ReadView {
  /** A longer row is cheap to read for its length, and would push out many. */
  private static final int ROW_BYTES_MAX = 16 * 1024;

  private ReadView committed;
  private RowArena young;
  private RowArena old;

  /** A cache over {@code committed} of up to {@code bytesMax} bytes of rows. */
  RowCache(ReadView committed, long bytesMax) {
    this.committed = committed;
    RowMemory memory = new RowMemory(bytesMax);
    this.young = new RowArena(memory);
    this.old = new RowArena(memory);
  }

  /** Begins anew over another database, in the memory that it has. */
  void begin(ReadView next) {
    committed = next;
    young.clear();
    old.clear();
  }

  @Override
  public byte @Nullable [] get(ColumnFamily family, byte[] key) {
    if (!family.readAgain()) {
      return committed.get(family, key);
    }
    int hash = RowArena.hash(family, key);
    byte[] known = young.get(hash, family, key);
    if (known != null) {
      return known;
    }
    known = old.take(hash, family, key);
    if (known == null) {
      known = committed.get(family, key);
    }
    if (known != null) {
      keep(hash, family, key, known);
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

  /** A row of a family that is {@link ColumnFamily#readAgain} was committed; null: its removal. */
  void committed(ColumnFamily family, byte[] key, byte @Nullable [] value) {
    int hash = RowArena.hash(family, key);
    if (value == null) {
      young.remove(hash, family, key);
      old.remove(hash, family, key);
    } else {
      old.remove(hash, family, key);
      keep(hash, family, key, value);
    }
  }

  /** Keeps a row that the old generation does not have. */
  private void keep(int hash, ColumnFamily family, byte[] key, byte[] value) {
    if (value.length > ROW_BYTES_MAX) {
      young.remove(hash, family, key);
      return;
    }
    if (!young.put(hash, family, key, value)) {
      RowArena spare = old;
      old = young;
      young = spare;
      young.clear();
      young.put(hash, family, key, value);
    }
  }

  /** Bytes of the rows it has. */
  long bytes() {
    return young.bytes() + old.bytes();
  }
}
