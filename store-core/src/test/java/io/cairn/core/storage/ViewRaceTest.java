package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views are read while batches are committed, the database is replaced, and the storage closed. */
class ViewRaceTest {
  private static final int READERS = 4;
  private static final int RESTORES = 6;

  @TempDir Path folder;
  private final ExecutorService readers = Executors.newFixedThreadPool(READERS);

  @AfterEach
  void stopReaders() {
    readers.shutdownNow();
  }

  @Test
  void viewsStayWholeWhileTheDatabaseIsReplacedAndClosedUnderThem() throws Exception {
    Path snapshot = folder.resolve("snapshot");
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong views = new AtomicLong();
    RocksStorage storage = open();
    List<Future<?>> running = new ArrayList<>();
    try {
      commit(storage, 1);
      SnapshotFiles.save(storage, snapshot);
      for (int i = 0; i < READERS; i++) {
        boolean untilClosed = i % 2 == 0;
        running.add(readers.submit(() -> read(storage, views, done, untilClosed)));
      }
      for (int i = 0; i < RESTORES; i++) {
        for (long index = 2; index < 30; index++) {
          commit(storage, index);
        }
        SnapshotFiles.restore(storage, snapshot);
      }
    } finally {
      storage.close(); // with views open
      done.set(true);
    }
    for (Future<?> reader : running) {
      reader.get(30, TimeUnit.SECONDS);
    }
    assertThat(views).hasPositiveValue();
    assertThat(storage.openViews()).isZero();
    open().close(); // the lock is free, so all was closed
  }

  @Test
  void viewFromBeforeARestoreReadsTheOldStateUntilItIsClosed() throws IOException {
    Path snapshot = folder.resolve("snapshot");
    try (RocksStorage storage = open()) {
      commit(storage, 1);
      SnapshotFiles.save(storage, snapshot);
      commit(storage, 2);
      View old = storage.view();
      Cursor cursor = old.ascend(ColumnFamily.KV_LATEST, new byte[0], null);
      SnapshotFiles.restore(storage, snapshot);
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.value()).isEqualTo(KeyLayout.id(2));
      assertThat(old.appliedIndex()).isEqualTo(2);
      assertThat(storage.openViews()).isEqualTo(1);
      assertThat(folder.resolve("store/db-1")).exists();
      old.close();
      assertThat(storage.openViews()).isZero();
      assertThat(folder.resolve("store/db-1")).doesNotExist();
      try (View view = storage.view()) {
        assertThat(view.appliedIndex()).isEqualTo(1);
      }
    }
  }

  /** Every row of a view has the value of its applied index, or the storage is closed. */
  private static void read(
      RocksStorage storage, AtomicLong views, AtomicBoolean done, boolean untilClosed) {
    try {
      while (untilClosed || !done.get()) {
        try (View view = storage.view()) {
          views.incrementAndGet();
          byte[] expected = KeyLayout.id(view.appliedIndex());
          for (ColumnFamily family : RowModel.FAMILIES) {
            assertThat(view.get(family, new byte[] {1})).isEqualTo(expected);
            try (Cursor cursor = view.descend(family, new byte[] {1}, null)) {
              int rows = 0;
              while (cursor.next()) {
                assertThat(cursor.value()).isEqualTo(expected);
                rows++;
              }
              assertThat(rows).isEqualTo(4);
            }
          }
        }
      }
    } catch (StorageClosedException closedMeanwhile) {
      assertThat(closedMeanwhile).hasMessageContaining("closed");
    }
  }

  private static void commit(RocksStorage storage, long index) {
    Batch batch = storage.newBatch();
    for (ColumnFamily family : RowModel.FAMILIES) {
      for (byte key = 1; key <= 4; key++) {
        batch.put(family, new byte[] {key}, KeyLayout.id(index));
      }
    }
    storage.commit(batch, index, 1);
  }

  private RocksStorage open() {
    return RocksStorage.open(
        folder.resolve("store"),
        RocksSettings.small(),
        (what, cause) -> {
          throw new AssertionError(what, cause);
        });
  }
}
