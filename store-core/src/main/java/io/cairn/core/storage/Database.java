package io.cairn.core.storage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;

/**
 * One open RocksDB and the views on it. Its native memory is freed when it is retired or closed and
 * its last view is closed, in this order: iterators, snapshots, family handles, database. Retiring
 * leaves its views readable; closing closes them. Its monitor guards {@code views}, {@code
 * accepting} and {@code freed}.
 */
final class Database {

  private final Path folder;
  private final RocksOptions options;
  private final FatalHandler onFatal;
  private final RocksDB rocks;
  private final List<ColumnFamilyHandle> handles;
  private final Map<ColumnFamily, ColumnFamilyHandle> byFamily = new EnumMap<>(ColumnFamily.class);
  private final FileHashes fileHashes = new FileHashes();
  private final Set<RocksView> views = new LinkedHashSet<>();
  private final RocksView newest;
  private boolean accepting = true;
  private boolean freed;
  private Runnable whenFreed = () -> {};

  private Database(
      Path folder,
      RocksOptions options,
      FatalHandler onFatal,
      RocksDB rocks,
      List<ColumnFamilyHandle> handles) {
    this.folder = folder;
    this.options = options;
    this.onFatal = onFatal;
    this.rocks = rocks;
    this.handles = handles;
    Iterator<ColumnFamilyHandle> inOrder = handles.iterator();
    for (ColumnFamily family : ColumnFamily.values()) {
      byFamily.put(family, inOrder.next());
    }
    this.newest = new RocksView(this, null);
    views.add(newest);
  }

  /** Opens the database in {@code folder}, which is made if need be. Takes RocksDB's own lock. */
  static Database open(Path folder, RocksOptions options, FatalHandler onFatal) {
    refuseUnknownFamilies(folder);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      RocksDB rocks =
          RocksDB.open(options.database(), folder.toString(), options.families(), handles);
      return new Database(folder, options, onFatal, rocks, List.copyOf(handles));
    } catch (RocksDBException e) {
      String reason = String.valueOf(e.getMessage());
      if (isDamage(e)) {
        throw new StorageException("the database in " + folder + " is damaged: " + reason, e);
      }
      if (reason.contains("lock")) {
        throw new StorageException(
            folder + " is in use by another process, or is open in this one: " + reason, e);
      }
      throw new StorageException("cannot open the database in " + folder + ": " + reason, e);
    }
  }

  private static boolean isDamage(RocksDBException e) {
    return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
  }

  Path folder() {
    return folder;
  }

  RocksDB rocks() {
    return rocks;
  }

  FileHashes fileHashes() {
    return fileHashes;
  }

  ColumnFamilyHandle handle(ColumnFamily family) {
    ColumnFamilyHandle handle = byFamily.get(family);
    if (handle == null) {
      throw new IllegalArgumentException("no family " + family);
    }
    return handle;
  }

  /** The number by which the database itself knows the family. */
  int idOf(ColumnFamily family) {
    return handle(family).getID();
  }

  /** The newest committed state: for the writing thread. */
  ReadView newest() {
    return newest;
  }

  /** A view of the newest committed state as it is now; null if this is retired or closed. */
  synchronized @Nullable View view() {
    if (!accepting) {
      return null;
    }
    RocksView view = new RocksView(this, rocks.getSnapshot());
    views.add(view);
    return view;
  }

  /** Writes all of it or nothing. Writing thread only. */
  void write(WriteBatch batch) {
    try {
      rocks.write(options.write(), batch);
    } catch (RocksDBException e) {
      throw fatal("write of " + batch.getDataSize() + " bytes", e);
    }
  }

  /** Brings all rows to disk, all families at once. Writing thread only. */
  void flush() {
    try {
      rocks.flush(options.flush(), handles);
    } catch (RocksDBException e) {
      throw fatal("flush", e);
    }
  }

  /** Reports what must end the process. Returns only in tests; throw what it returns. */
  StorageException fatal(String what, Throwable cause) {
    String message = what + " failed in " + folder + ": " + cause.getMessage();
    onFatal.onFatal(message, cause);
    return new StorageException(message, cause);
  }

  /** Takes no more views and closes itself with the last one. Writing thread only. */
  void retire(Runnable whenFreed) {
    synchronized (this) {
      accepting = false;
      this.whenFreed = whenFreed;
    }
    newest.close();
    freeIfUnused();
  }

  /** Closes all views, then itself; on return the folder is free. */
  void close() {
    List<RocksView> open;
    synchronized (this) {
      accepting = false;
      open = List.copyOf(views);
    }
    open.forEach(RocksView::close);
    freeIfUnused();
  }

  /** Called by a view that has freed what it holds. */
  void closed(RocksView view) {
    synchronized (this) {
      views.remove(view);
    }
    freeIfUnused();
  }

  synchronized boolean freed() {
    return freed;
  }

  /** Views not closed, without {@link #newest}. */
  synchronized int openViews() {
    return views.size() - (views.contains(newest) ? 1 : 0);
  }

  /** Under the monitor throughout: who comes second returns when all is freed. */
  private synchronized void freeIfUnused() {
    if (!accepting && views.isEmpty() && !freed) {
      freed = true;
      handles.forEach(ColumnFamilyHandle::close);
      rocks.close();
      whenFreed.run();
    }
  }

  private static void refuseUnknownFamilies(Path folder) {
    if (!Files.exists(folder.resolve("CURRENT"))) {
      return;
    }
    Set<String> known = new LinkedHashSet<>();
    for (ColumnFamily family : ColumnFamily.values()) {
      known.add(new String(family.nameBytes(), StandardCharsets.UTF_8));
    }
    try (Options listing = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(listing, folder.toString())) {
        String found = new String(name, StandardCharsets.UTF_8);
        if (!known.contains(found)) {
          throw new NewerFormatException(
              folder + " has the family " + found + ", which this version does not know: " + known);
        }
      }
    } catch (RocksDBException e) {
      throw new StorageException("cannot read the families in " + folder, e);
    }
  }
}
