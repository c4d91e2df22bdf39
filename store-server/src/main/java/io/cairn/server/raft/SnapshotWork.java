package io.cairn.server.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.cairn.core.storage.CorruptSnapshotException;
import io.cairn.core.storage.PreparedSnapshot;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.SnapshotFiles;
import io.cairn.core.storage.StorageException;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Saves and loads snapshots for JRaft. The applying thread only flushes and links files; hashing
 * and syncing them is done on a thread of its own.
 */
final class SnapshotWork implements AutoCloseable {
  private final EventLog log;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "cairn-snapshot");
            made.setDaemon(true);
            return made;
          });

  SnapshotWork(EventLog log) {
    this.log = log;
  }

  /**
   * Links the state as it is now; {@code done} is run when it is hashed and on disk. Applying
   * thread.
   */
  void save(RocksStorage storage, SnapshotWriter writer, Closure done) {
    long startNanos = System.nanoTime();
    if (!writer.isOk()) {
      failed(done, new IOException(writer.getErrorMsg())); // before the flush, which may fail worse
      return;
    }
    try {
      PreparedSnapshot prepared = SnapshotFiles.prepare(storage, Path.of(writer.getPath()));
      thread.execute(() -> finish(prepared, writer, done, startNanos));
    } catch (IOException | StorageException | RejectedExecutionException e) {
      failed(done, e);
    }
  }

  /**
   * Replaces the state by the snapshot, unless the database is not behind it, as after a restart.
   * Applying thread.
   *
   * @return true if the state was replaced
   * @throws CorruptSnapshotException if the snapshot is damaged: the node must not go on with it
   */
  boolean load(RocksStorage storage, SnapshotReader reader) {
    SnapshotMeta meta = reader.load();
    if (meta == null) {
      throw new IllegalStateException("the snapshot in " + reader.getPath() + " has no meta");
    }
    if (storage.appliedIndex() >= meta.getLastIncludedIndex()) {
      return false;
    }
    long startNanos = System.nanoTime();
    try {
      SnapshotFiles.restore(storage, Path.of(reader.getPath()));
    } catch (CorruptSnapshotException e) {
      log.failure(LogEvent.DAMAGE_FOUND, e, "snapshot", reader.getPath());
      throw e;
    } catch (IOException e) {
      throw new StorageException("cannot load the snapshot in " + reader.getPath(), e);
    }
    log.log(
        LogEvent.SNAPSHOT_LOADED,
        "index",
        meta.getLastIncludedIndex(),
        "applied",
        storage.appliedIndex(),
        "millis",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    return true;
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void finish(
      PreparedSnapshot prepared, SnapshotWriter writer, Closure done, long startNanos) {
    try {
      var manifest = prepared.finish();
      for (String file : SnapshotFiles.files(manifest)) {
        if (!writer.addFile(file)) {
          throw new IOException("JRaft did not take " + file);
        }
      }
      log.log(
          LogEvent.SNAPSHOT_SAVED,
          "index",
          manifest.getIndex(),
          "files",
          manifest.getFilesCount(),
          "millis",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
      done.run(Status.OK());
    } catch (IOException | RuntimeException e) {
      failed(done, e);
    }
  }

  private void failed(Closure done, Exception e) {
    log.failure(LogEvent.SNAPSHOT_FAILED, e);
    done.run(new Status(RaftError.EIO, "the snapshot was not saved: %s", e.getMessage()));
  }
}
