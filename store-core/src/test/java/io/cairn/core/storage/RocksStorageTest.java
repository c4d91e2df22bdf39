package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private RocksStorage open() {
    return RocksStorage.open(folder, RocksSettings.small(), THROWING);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
