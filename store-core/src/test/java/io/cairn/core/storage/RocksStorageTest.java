package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Opening, committing, reading and closing. */
class RocksStorageTest {
  private static final FatalHandler THROWING =
      (what, cause) -> {
        throw new AssertionError(what, cause);
      };

  @TempDir Path folder;

  @Test
  void whatIsCommittedIsThereAfterReopening() {
    byte[] digest;
    try (RocksStorage storage = open()) {
      Batch batch = storage.newBatch();
      batch.put(ColumnFamily.KV_LATEST, bytes("a"), bytes("1"));
      batch.put(ColumnFamily.TASK, bytes("t"), bytes("2"));
      storage.commit(batch, 7, 3);
      digest = storage.digest();
      assertThat(storage.bytesOnDisk()).isPositive();
    }
    try (RocksStorage storage = open();
        View view = storage.view()) {
      assertThat(storage.appliedIndex()).isEqualTo(7);
      assertThat(storage.appliedTerm()).isEqualTo(3);
      assertThat(storage.digest()).isEqualTo(digest).isNotEqualTo(new byte[16]);
      assertThat(view.appliedIndex()).isEqualTo(7);
      assertThat(view.get(ColumnFamily.KV_LATEST, bytes("a"))).isEqualTo(bytes("1"));
      assertThat(view.get(ColumnFamily.TASK, bytes("t"))).isEqualTo(bytes("2"));
      assertThat(view.get(ColumnFamily.TASK, bytes("x"))).isNull();
    }
  }

  @Test
  void secondOpenOfAFolderIsRefused() {
    try (RocksStorage first = open()) {
      assertThat(first.appliedIndex()).isZero();
      assertThatThrownBy(this::open)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("in use by another process");
    }
  }

  @Test
  void aDamagedFileIsCalledDamagedAndNotInUse() throws Exception {
    try (RocksStorage storage = open()) {
      Batch batch = storage.newBatch();
      batch.put(ColumnFamily.KV_LATEST, bytes("a"), bytes("1"));
      storage.commit(batch, 1, 1);
    }
    open().close(); // what was in the log is in a table now
    List<Path> tables;
    try (Stream<Path> files = Files.walk(folder)) {
      tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
    }
    assertThat(tables).isNotEmpty();
    for (Path table : tables) {
      byte[] content = Files.readAllBytes(table);
      Arrays.fill(content, content.length / 3, content.length - 60, (byte) 'x');
      Files.write(table, content);
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("is damaged")
        .hasMessageContaining(folder.toString())
        .hasMessageNotContaining("in use");
  }

  @Test
  void viewOfAClosedStorageSaysSo() {
    RocksStorage storage = open();
    Batch batch = storage.newBatch();
    batch.put(ColumnFamily.KV_LATEST, bytes("a"), bytes("1"));
    storage.commit(batch, 1, 1);
    View view = storage.view();
    Cursor cursor = view.ascend(ColumnFamily.KV_LATEST, new byte[0], null);
    assertThat(cursor.next()).isTrue();
    storage.close();
    assertThatThrownBy(cursor::next).isInstanceOf(StorageClosedException.class);
    assertThatThrownBy(cursor::value).isInstanceOf(StorageClosedException.class);
    assertThatThrownBy(() -> view.get(ColumnFamily.KV_LATEST, bytes("a")))
        .isInstanceOf(StorageClosedException.class);
    assertThatThrownBy(() -> batch.get(ColumnFamily.TASK, bytes("a")))
        .isInstanceOf(StorageClosedException.class);
    assertThatThrownBy(storage::view).isInstanceOf(StorageClosedException.class);
    assertThatThrownBy(storage::newBatch).isInstanceOf(StorageClosedException.class);
    cursor.close();
    view.close();
    storage.close();
  }

  @Test
  void newerFormatIsRefusedWithBothVersions() throws Exception {
    open().close();
    change(
        database -> {
          try (WriteBatch write = new WriteBatch()) {
            write.put(
                database.handle(ColumnFamily.LOCAL),
                KeyLayout.localFormat(),
                new byte[] {0, 0, 0, Applied.FORMAT + 1});
            database.write(write);
          }
        });
    assertThatThrownBy(this::open)
        .isInstanceOf(NewerFormatException.class)
        .hasMessageContaining("format 7")
        .hasMessageContaining("up to 6");
  }

  @Test
  void unknownFamilyIsRefusedByName() throws Exception {
    open().close();
    change(
        database ->
            database
                .rocks()
                .createColumnFamily(new ColumnFamilyDescriptor(bytes("blob-index")))
                .close());
    assertThatThrownBy(this::open)
        .isInstanceOf(NewerFormatException.class)
        .hasMessageContaining("blob-index");
  }

  @Test
  void databaseWithoutItsPointerIsNotTakenForANewOne() throws Exception {
    open().close();
    Files.delete(folder.resolve("ACTIVE"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("db-1");
  }

  @Test
  void missingDatabaseIsNotTakenForANewOne() throws Exception {
    open().close();
    DurableFiles.deleteFolder(folder.resolve("db-1"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("db-1, which is missing");
    Files.writeString(folder.resolve("ACTIVE"), "../elsewhere\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("does not name a database folder");
  }

  @Test
  void emptiedDatabaseIsNotTakenForANewOne() throws Exception {
    open().close();
    DurableFiles.deleteFolder(folder.resolve("db-1"));
    Files.createDirectory(folder.resolve("db-1"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void firstOpenThatDidNotComeToItsEndIsBegunAgain() throws Exception {
    open().close();
    Files.writeString(folder.resolve("ACTIVE"), "creating db-1\n");
    open().close();
    Files.writeString(folder.resolve("ACTIVE"), "creating db-1\n");
    DurableFiles.deleteFolder(folder.resolve("db-1"));
    open().close();
    assertThat(folder.resolve("ACTIVE")).hasContent("db-1");
  }

  @Test
  void onlyTheBatchBegunLastCanBeCommittedAndOnlyOnceAndForward() {
    try (RocksStorage storage = open()) {
      Batch dropped = storage.newBatch();
      Batch batch = storage.newBatch();
      assertThatThrownBy(() -> storage.commit(dropped, 5, 2))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("index 5");
      storage.commit(batch, 5, 2);
      assertThatThrownBy(() -> storage.commit(batch, 6, 2))
          .isInstanceOf(IllegalStateException.class);
      Batch late = storage.newBatch();
      assertThatThrownBy(() -> storage.commit(late, 5, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("index 5, term 2");
      assertThatThrownBy(() -> storage.commit(late, 6, 1))
          .isInstanceOf(IllegalArgumentException.class);
      storage.commit(late, 6, 2);
      assertThat(storage.appliedIndex()).isEqualTo(6);
    }
  }

  @Test
  void batchIsCommittedByTheThreadThatBeganIt() throws Exception {
    try (RocksStorage storage = open()) {
      Batch batch = storage.newBatch();
      FutureTask<Void> elsewhere = new FutureTask<>(() -> storage.commit(batch, 1, 1), null);
      Thread thread = new Thread(elsewhere, "another");
      thread.start();
      assertThatThrownBy(elsewhere::get)
          .hasCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another");
      thread.join();
    }
  }

  @Test
  void viewDoesNotSeeWhatIsCommittedAfterIt() {
    try (RocksStorage storage = open();
        View before = storage.view()) {
      Batch batch = storage.newBatch();
      batch.put(ColumnFamily.SECTION, bytes("s"), new byte[100_000]);
      storage.commit(batch, 1, 1);
      storage.flush();
      assertThat(before.get(ColumnFamily.SECTION, bytes("s"))).isNull();
      assertThat(before.appliedIndex()).isZero();
      try (View after = storage.view()) {
        assertThat(after.get(ColumnFamily.SECTION, bytes("s"))).isEqualTo(new byte[100_000]);
        assertThat(after.appliedIndex()).isEqualTo(1);
      }
    }
  }

  @Test
  void damagedTableIsAnErrorAndNeverAnAnswer() throws Exception {
    try (RocksStorage storage = open()) {
      Batch batch = storage.newBatch();
      for (int i = 0; i < 5_000; i++) {
        batch.put(ColumnFamily.KV_LATEST, KeyLayout.id(i), KeyLayout.pair(i, i * 31L));
      }
      storage.commit(batch, 1, 1);
    }
    Path largest = largestTable();
    byte[] content = Files.readAllBytes(largest);
    content[content.length / 3] ^= 1;
    Files.write(largest, content);
    AtomicReference<String> fatal = new AtomicReference<>("");
    try (RocksStorage storage =
            RocksStorage.open(
                folder, RocksSettings.small(), (what, cause) -> fatal.compareAndSet("", what));
        View view = storage.view()) {
      assertThatThrownBy(() -> StateDigest.recompute(view)).isInstanceOf(StorageException.class);
    }
    assertThat(fatal.get()).contains("failed in " + folder);
  }

  @Test
  void nativeOptionsAreFreed() {
    RocksOptions options = new RocksOptions(RocksSettings.defaults(), THROWING);
    Database database = Database.open(folder, options, THROWING);
    View view = database.view();
    assertThat(view).isNotNull();
    assertThat(view.ascend(ColumnFamily.TASK, new byte[] {1}, new byte[] {2}).next()).isFalse();
    assertThat(view.descend(ColumnFamily.TASK, new byte[] {1}, new byte[] {2}).next()).isFalse();
    assertThat(database.openViews()).isEqualTo(1);
    database.close();
    options.close();
    assertThat(database.openViews()).isZero();
    assertThat(database.freed()).isTrue();
    assertThat(database.rocks().isOwningHandle()).isFalse();
    assertThat(database.handle(ColumnFamily.TASK).isOwningHandle()).isFalse();
    assertThat(options.database().isOwningHandle()).isFalse();
    assertThat(options.read().isOwningHandle()).isFalse();
    assertThat(options.write().isOwningHandle()).isFalse();
  }

  private interface Change {
    void of(Database database) throws RocksDBException;
  }

  private void change(Change change) throws RocksDBException {
    try (RocksOptions options = new RocksOptions(RocksSettings.small(), THROWING)) {
      Database database = Database.open(folder.resolve("db-1"), options, THROWING);
      change.of(database);
      database.flush(); // closing does not
      database.close();
    }
  }

  private Path largestTable() throws IOException {
    return DurableFiles.list(folder.resolve("db-1")).stream()
        .filter(path -> path.toString().endsWith(".sst"))
        .max(Comparator.comparingLong(path -> path.toFile().length()))
        .orElseThrow();
  }

  private RocksStorage open() {
    return RocksStorage.open(folder, RocksSettings.small(), THROWING);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
