package io.cairn.core.storage;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Walks over committed rows of one family. Belongs to a {@link RocksView}, whose monitor guards
 * every step, and which closes it when it is itself closed: native memory is never used after it
 * has been freed.
 */
final class RocksCursor implements Cursor {
  private final RocksView view;
  private final ReadOptions options;
  private final @Nullable Slice lower;
  private final @Nullable Slice upper;
  private final RocksIterator iterator;
  private final byte[] from;
  private final boolean ascending;
  private boolean started;
  private boolean closed;
  private byte @Nullable [] key;
  private byte @Nullable [] value;

  /** Rows of [from, to). Needs the view's monitor. */
  RocksCursor(
      RocksView view, ColumnFamily family, byte[] from, byte @Nullable [] to, boolean ascending) {
    this.view = view;
    this.options = view.readOptions();
    this.from = from;
    this.ascending = ascending;
    // Bounds keep the iterator from walking over deleted rows outside the range.
    this.lower = ascending || from.length == 0 ? null : new Slice(from);
    this.upper = to == null ? null : new Slice(to);
    if (lower != null) {
      options.setIterateLowerBound(lower);
    }
    if (upper != null) {
      options.setIterateUpperBound(upper);
    }
    this.iterator = view.iterator(family, options);
  }

  @Override
  public boolean next() {
    synchronized (view) {
      checkOpen();
      key = null;
      value = null;
      step();
      if (iterator.isValid()) {
        key = iterator.key();
        return true;
      }
      try {
        iterator.status(); // the end, or a block that cannot be read?
      } catch (RocksDBException e) {
        throw view.failed("scan", e);
      }
      return false;
    }
  }

  @Override
  public byte[] key() {
    byte[] present = key;
    if (present == null) {
      throw new IllegalStateException("cursor is not at a row");
    }
    return present;
  }

  @Override
  public byte[] value() {
    byte[] present = value;
    if (present == null) {
      synchronized (view) {
        checkOpen();
        if (key == null) {
          throw new IllegalStateException("cursor is not at a row");
        }
        present = iterator.value();
        value = present;
      }
    }
    return present;
  }

  @Override
  public void close() {
    synchronized (view) {
      if (!closed) {
        closed = true;
        iterator.close();
        options.close();
        if (lower != null) {
          lower.close();
        }
        if (upper != null) {
          upper.close();
        }
        view.forget(this);
      }
    }
  }

  private void step() {
    if (!started) {
      started = true;
      if (ascending) {
        iterator.seek(from);
      } else {
        iterator.seekToLast(); // below the upper bound
      }
    } else if (iterator.isValid()) {
      if (ascending) {
        iterator.next();
      } else {
        iterator.prev();
      }
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new StorageClosedException("cursor");
    }
  }
}
