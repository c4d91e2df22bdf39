package io.cairn.core.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The state machine's database: RocksDB in a folder of its own. Batches, flushes, snapshots and
 * restores are for one thread at a time, the one that applies; views may be opened on any. The
 * write-ahead log is off: after a crash the database is at an older applied index, whole, and the
 * Raft log is applied again from there (I1).
 *
 * <p>Locks, in order: {@code writing} (held by commit, flush, snapshot, restore, close), a view's
 * monitor, a database's monitor.
 */
public final class RocksStorage implements AutoCloseable {
  private final Path root;
  private final ActiveFolder active;
  private final RocksOptions options;
  private final FatalHandler onFatal;
  private final Object writing = new Object();
  private volatile Database database;
  private volatile Applied applied;
  // The fields below are guarded by writing.
  private final EncodedWrites writes = new EncodedWrites();
  private final RowCache cache;
  private @Nullable Batch openBatch;
  private @Nullable Thread batchThread;
  private @Nullable Database retired;
  private boolean failed;
  private volatile boolean closed;

  private RocksStorage(
      ActiveFolder active, Path root, RocksOptions options, FatalHandler onFatal, Database first) {
    this.active = active;
    this.root = root;
    this.options = options;
    this.onFatal = onFatal;
    this.database = first;
    this.cache = new RowCache(first.newest(), options.rowCacheBytes());
    this.applied = Applied.read(first.newest(), first.folder());
  }

  /**
   * Opens the database in {@code folder}, which is made if it is missing, and removes what a
   * restore that did not come to its end has left.
   *
   * @throws NewerFormatException if a newer version has written it
   * @throws StorageException if it is in use, damaged or cannot be read
   */
  public static RocksStorage open(Path folder, RocksSettings settings, FatalHandler onFatal) {
    Path root = folder.toAbsolutePath().normalize();
    RocksOptions options = new RocksOptions(settings, onFatal);
    Database database = null;
    try {
      ActiveFolder active = new ActiveFolder(root);
      ActiveFolder.Place place = active.find();
      database = Database.open(place.path(), options, onFatal);
      // Between reading the name and taking the lock a restore may have come to its end.
      ActiveFolder.Place now = active.find();
      if (!now.path().equals(place.path())) {
        throw new StorageException(root + " is in use by another process");
      }
      if (now.created()) {
        Applied.checkFormat(Applied.format(database.newest()), place.path());
      } else {
        writeFormat(database);
        active.activate(place.path());
      }
      active.removeOthers(place.path());
      return new RocksStorage(active, root, options, onFatal, database);
    } catch (IOException e) {
      release(database, options);
      throw new StorageException("cannot open the storage in " + root + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      release(database, options);
      throw e;
    }
  }

  /**
   * Begins a batch over the committed state. A batch that was begun before and not committed is
   * dropped: it can no longer be committed. Applying thread only.
   */
  public Batch newBatch() {
    synchronized (writing) {
      checkOpen();
      Batch batch = new Batch(cache, StateDigest.ofBytes(applied.digest()));
      openBatch = batch;
      batchThread = Thread.currentThread();
      return batch;
    }
  }

  /**
   * Writes a batch's effects together with the applied index, its term and the digest (I1, I7).
   * After it the batch cannot be changed. Applying thread only.
   *
   * @param appliedIndex index of the last entry in the batch; above the present one
   * @param appliedTerm its term; not below the present one
   */
  public void commit(Batch batch, long appliedIndex, long appliedTerm) {
    synchronized (writing) {
      checkOpen();
      checkCommit(batch, appliedIndex, appliedTerm);
      batch.seal();
      Applied next = new Applied(appliedIndex, appliedTerm, batch.digest().toBytes());
      encode(batch, next);
      failed = true;
      try (WriteBatch write = writes.toBatch()) {
        database.write(write);
      }
      keepInCache(batch);
      applied = next;
      failed = false;
      openBatch = null;
      batchThread = null;
    }
  }

  /** The committed state as it is now. Any thread; close it soon. */
  public View view() {
    while (true) {
      if (closed) {
        throw new StorageClosedException("storage in " + root);
      }
      View view = database.view();
      if (view != null) {
        return view;
      }
      Thread.onSpinWait(); // retired or closed just now: look again
    }
  }

  /** Index of the last entry whose effects are committed; 0: none. Any thread. */
  public long appliedIndex() {
    return applied.index();
  }

  /** Term of that entry. Any thread. */
  public long appliedTerm() {
    return applied.term();
  }

  /** The state digest after that entry, 16 bytes (I7). Any thread. */
  public byte[] digest() {
    return applied.digest().clone();
  }

  /** Bytes of all its files. Any thread. */
  public long bytesOnDisk() {
    try {
      return DurableFiles.bytes(root);
    } catch (IOException e) {
      throw new StorageException("cannot measure " + root + ": " + e.getMessage(), e);
    }
  }

  /** Brings all committed batches to disk. Applying thread only. */
  public void flush() {
    synchronized (writing) {
      checkOpen();
      database.flush();
    }
  }

  /**
   * Flushes and closes. Views that are still open are closed: reading them throws {@link
   * StorageClosedException}. Any thread; waits for a commit that is under way.
   */
  @Override
  public void close() {
    close(true);
  }

  /**
   * Closes without flushing, as the end of the process does: the folder is left at an earlier
   * applied index, and the Raft log is applied again from there (I1). For fault tests.
   */
  public void abandon() {
    close(false);
  }

  private void close(boolean flushing) {
    synchronized (writing) {
      if (closed) {
        return;
      }
      closed = true;
      openBatch = null;
      try {
        if (flushing && !failed) {
          database.flush();
        }
      } finally {
        if (retired != null) {
          retired.close();
        }
        database.close();
        options.close();
      }
    }
  }

  /** Flushes and links all files of the committed state into {@code target}, which it makes. */
  Applied checkpoint(Path target) {
    synchronized (writing) {
      checkOpen();
      database.flush();
      try (Checkpoint checkpoint = Checkpoint.create(database.rocks())) {
        checkpoint.createCheckpoint(target.toString());
      } catch (RocksDBException e) {
        throw new StorageException("cannot checkpoint into " + target + ": " + e.getMessage(), e);
      }
      return applied;
    }
  }

  /** Hashes of the present database's files. */
  FileHashes fileHashes() {
    return database.fileHashes();
  }

  /** Fills an empty folder with the files of a database. */
  interface Filling {
    void into(Path folder) throws IOException;
  }

  /**
   * Puts another database in the place of this one. A crash at any point leaves either the old or
   * the new one. Views of the old one stay readable until they, the storage, or the next
   * replacement closes it.
   */
  void replace(Filling filling, Applied expected) throws IOException {
    synchronized (writing) {
      checkOpen();
      Database old = database;
      Path fresh = active.next(old.folder());
      Database next = load(fresh, filling, expected);
      try {
        active.activate(fresh);
      } catch (IOException e) {
        next.close();
        failed = true; // which one the folder names now is not known
        throw old.fatal("switch to " + fresh, e);
      }
      openBatch = null;
      batchThread = null;
      applied = expected;
      database = next;
      cache.begin(next.newest());
      if (retired != null) {
        retired.close();
      }
      retired = old;
      old.retire(() -> discard(old.folder()));
    }
  }

  /** Views of the present and the retired database that are not closed: for tests. */
  int openViews() {
    synchronized (writing) {
      return database.openViews() + (retired == null ? 0 : retired.openViews());
    }
  }

  private Database load(Path fresh, Filling filling, Applied expected) throws IOException {
    Database next = null;
    try {
      DurableFiles.createFolder(fresh);
      filling.into(fresh);
      next = Database.open(fresh, options, onFatal);
      Applied.checkFormat(Applied.format(next.newest()), fresh);
      Applied.read(next.newest(), fresh).checkEquals(expected, fresh);
      return next;
    } catch (IOException | RuntimeException e) {
      if (next != null) {
        next.close();
      }
      discard(fresh);
      throw e;
    }
  }

  private static void discard(Path folder) {
    try {
      DurableFiles.deleteFolder(folder);
    } catch (IOException removedAtTheNextOpen) {
      // It is no longer, or was never, the one that ACTIVE names.
    }
  }

  private void checkCommit(Batch batch, long index, long term) {
    if (batch != openBatch) {
      throw new IllegalStateException(
          "batch up to index " + index + " is not the open one: committed or dropped before");
    }
    if (batchThread != Thread.currentThread()) {
      throw new IllegalStateException(
          "batch begun by %s, committed by %s".formatted(batchThread, Thread.currentThread()));
    }
    if (index <= applied.index() || term < applied.term()) {
      throw new IllegalArgumentException(
          "batch at index %d, term %d is not behind the applied index %d, term %d"
              .formatted(index, term, applied.index(), applied.term()));
    }
  }

  private void encode(Batch batch, Applied next) {
    writes.clear();
    for (ColumnFamily family : ColumnFamily.values()) {
      FamilyRows rows = batch.written(family);
      if (rows.isEmpty()) {
        continue;
      }
      int id = database.idOf(family);
      rows.forEach(
          (key, value) -> {
            if (value != null) {
              writes.put(id, key, value);
            } else if (family.writtenOnce()) {
              writes.singleDelete(id, key);
            } else {
              writes.delete(id, key);
            }
          });
    }
    int local = database.idOf(ColumnFamily.LOCAL);
    writes.put(local, KeyLayout.localApplied(), next.row()); // I1: with the effects
    writes.put(local, KeyLayout.localDigest(), next.digest()); // I7
  }

  private void keepInCache(Batch batch) {
    for (ColumnFamily family : ColumnFamily.values()) {
      if (family.readAgain()) {
        batch.written(family).forEach((key, value) -> cache.committed(family, key, value));
      }
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new StorageClosedException("storage in " + root);
    }
    if (failed) {
      throw new StorageException("storage in " + root + " refuses to go on after a failed write");
    }
  }

  private static void writeFormat(Database database) {
    try (WriteBatch write = new WriteBatch()) {
      write.put(database.handle(ColumnFamily.LOCAL), KeyLayout.localFormat(), Applied.formatRow());
      database.write(write);
      database.flush();
    } catch (RocksDBException e) {
      throw new StorageException("cannot note the format in " + database.folder(), e);
    }
  }

  private static void release(@Nullable Database database, RocksOptions options) {
    if (database != null) {
      database.close();
    }
    options.close();
  }
}
