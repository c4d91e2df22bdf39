package io.cairn.core.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/**
 * Reads of one {@link Database}: of a RocksDB snapshot, or, for the applying thread, of the newest
 * committed state. Its monitor guards all native objects it holds. The database may close it on
 * another thread, after which every read throws {@link StorageClosedException}; it frees its own
 * native memory only when all its views are closed. Lock order: view, then database.
 */
final class RocksView implements View {
  private final Database database;
  private final @Nullable Snapshot snapshot;
  private final ReadOptions options;
  private final Set<RocksCursor> cursors = new LinkedHashSet<>();
  private boolean closed;

  /** Needs the database's monitor, or that nobody else has it yet. */
  RocksView(Database database, @Nullable Snapshot snapshot) {
    this.database = database;
    this.snapshot = snapshot;
    this.options = readOptions();
  }

  @Override
  public synchronized byte @Nullable [] get(ColumnFamily family, byte[] key) {
    checkOpen();
    try {
      return database.rocks().get(database.handle(family), options, key);
    } catch (RocksDBException e) {
      throw failed("read of family " + family, e);
    }
  }

  @Override
  public Cursor ascend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return cursor(family, from, to, true);
  }

  @Override
  public Cursor descend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return cursor(family, from, to, false);
  }

  @Override
  public long appliedIndex() {
    byte[] applied = get(ColumnFamily.LOCAL, KeyLayout.localApplied());
    return applied == null ? 0 : KeyLayout.readLong(applied, 0);
  }

  @Override
  public byte[] digest() {
    byte[] digest = get(ColumnFamily.LOCAL, KeyLayout.localDigest());
    return digest == null ? new StateDigest().toBytes() : digest;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      new ArrayList<>(cursors).forEach(RocksCursor::close); // iterators before what they read from
      options.close();
      if (snapshot != null) {
        database.rocks().releaseSnapshot(snapshot);
        snapshot.close();
      }
      database.closed(this);
    }
  }

  RocksIterator iterator(ColumnFamily family, ReadOptions cursorOptions) {
    return database.rocks().newIterator(database.handle(family), cursorOptions);
  }

  void forget(RocksCursor cursor) {
    cursors.remove(cursor);
  }

  StorageException failed(String what, RocksDBException cause) {
    return database.fatal(what, cause);
  }

  private synchronized Cursor cursor(
      ColumnFamily family, byte[] from, byte @Nullable [] to, boolean ascending) {
    checkOpen();
    if (to != null && Arrays.compareUnsigned(from, to) >= 0) {
      return EmptyCursor.INSTANCE;
    }
    RocksCursor cursor = new RocksCursor(this, family, from, to, ascending);
    cursors.add(cursor);
    return cursor;
  }

  ReadOptions readOptions() {
    // A damaged block must be an error, never an answer.
    ReadOptions fresh = new ReadOptions().setVerifyChecksums(true);
    return snapshot == null ? fresh : fresh.setSnapshot(snapshot);
  }

  private void checkOpen() {
    if (closed) {
      throw new StorageClosedException("view of " + database.folder());
    }
  }
}
