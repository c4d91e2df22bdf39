package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches read and write as one sorted map per family would. */
class BatchTest {
  private static final int OPERATIONS = 100_000;

  @TempDir Path folder;

  @Test
  void batchBehavesAsSortedMapsOver100000RandomOperations() {
    Random random = new Random(TestSeed.of(BatchTest.class, 20_261_121));
    RowModel model = new RowModel();
    try (RocksStorage storage = open("db")) {
      Batch batch = storage.newBatch();
      long index = 0;
      for (int i = 0; i < OPERATIONS; i++) {
        ColumnFamily family = RowModel.FAMILIES.get(random.nextInt(RowModel.FAMILIES.size()));
        byte[] key = RowModel.key(random);
        int kind = random.nextInt(100);
        if (kind < 35) {
          byte[] value = new byte[random.nextInt(30)];
          random.nextBytes(value);
          write(batch, family, key, value, model.family(family).get(key));
          model.family(family).put(key, value);
        } else if (kind < 55) {
          batch.delete(family, key);
          model.family(family).remove(key);
        } else if (kind < 85) {
          assertThat(batch.get(family, key)).isEqualTo(model.family(family).get(key));
        } else if (kind < 99) {
          scan(batch, model.family(family), family, random);
        } else {
          storage.commit(batch, ++index, 1);
          batch = storage.newBatch();
        }
      }
      storage.commit(batch, ++index, 1);
      try (View view = storage.view()) {
        model.assertEquals(view);
        assertThat(StateDigest.recompute(view).toBytes())
            .isEqualTo(storage.digest())
            .isEqualTo(model.digest().toBytes());
      }
    }
  }

  @Test
  void digestAndRowsDoNotDependOnWhereBatchesAreCut() {
    long seed = TestSeed.of(BatchTest.class, 7);
    int entries = 600;
    byte[] one = digestOf("one", seed, entries, 1);
    assertThat(digestOf("three", seed, entries, 3)).isEqualTo(one);
    assertThat(digestOf("all", seed, entries, entries)).isEqualTo(one);
    RowModel model = new RowModel();
    for (int i = 1; i <= entries; i++) {
      RowModel.entry(seed, i, model.sink());
    }
    assertThat(model.digest().toBytes()).isEqualTo(one);
  }

  @Test
  void rowsAheadOfACursorAreSeenAsTheyAreThen() {
    try (RocksStorage storage = open("db")) {
      Batch committed = storage.newBatch();
      for (byte i = 0; i < 20; i++) {
        committed.put(ColumnFamily.TASK, new byte[] {i}, new byte[] {i});
      }
      storage.commit(committed, 1, 1);
      Batch batch = storage.newBatch();
      int seen = 0;
      try (Cursor cursor = batch.ascend(ColumnFamily.TASK, new byte[] {4}, new byte[] {12})) {
        while (cursor.next()) {
          seen++;
          batch.delete(ColumnFamily.TASK, cursor.key());
          batch.delete(ColumnFamily.TASK, new byte[] {(byte) (cursor.key()[0] + 1)});
        }
      }
      assertThat(seen).isEqualTo(4);
      assertThat(batch.get(ColumnFamily.TASK, new byte[] {11})).isNull();
      assertThat(batch.get(ColumnFamily.TASK, new byte[] {12})).isNotNull();
    }
  }

  @Test
  void smallRowsCountWithWhatTheyTakeInMemory() {
    try (RocksStorage storage = open("db")) {
      Batch batch = storage.newBatch();
      for (byte i = 0; i < 100; i++) {
        batch.put(ColumnFamily.TASK, new byte[] {i}, new byte[0]);
      }
      batch.delete(ColumnFamily.TASK, new byte[] {7});
      assertThat(batch.bytes()).isEqualTo(101L * (1 + Batch.ROW_BYTES));
    }
  }

  @Test
  void counterAndItsRowAreOneWhicheverIsWritten() {
    try (RocksStorage storage = open("db")) {
      Batch batch = storage.newBatch();
      byte[] key = Counter.KEYS.key();
      assertThat(batch.addToCounter(Counter.KEYS, 3)).isEqualTo(3);
      long writes = batch.writes();
      assertThat(batch.get(ColumnFamily.COUNTER, key)).isEqualTo(KeyLayout.id(3));
      assertThat(batch.writes()).isEqualTo(writes);
      batch.put(ColumnFamily.COUNTER, key, KeyLayout.id(9));
      assertThat(batch.counter(Counter.KEYS)).isEqualTo(9);
      batch.setCounter(Counter.KEYS, 10);
      batch.setCounter(Counter.EPOCH, 1);
      batch.replace(ColumnFamily.COUNTER, key, KeyLayout.id(10), KeyLayout.id(11));
      assertThat(batch.counter(Counter.KEYS)).isEqualTo(11);
      batch.delete(ColumnFamily.COUNTER, key);
      assertThat(batch.counter(Counter.KEYS)).isZero();
      batch.setCounter(Counter.KEYS, 12);
      storage.commit(batch, 1, 1);
      try (View view = storage.view()) {
        assertThat(view.counter(Counter.KEYS)).isEqualTo(12);
        assertThat(view.counter(Counter.EPOCH)).isEqualTo(1);
        assertThat(StateDigest.recompute(view).toBytes()).isEqualTo(storage.digest());
      }
    }
  }

  @Test
  void rowsThatAreWrittenOnceGoUnreadAndAreGoneForGood() {
    Random random = new Random(TestSeed.of(BatchTest.class, 20_261_126));
    NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    Map<byte[], StateDigest.RowHash> hashes = new TreeMap<>(Arrays::compareUnsigned);
    long next = 1;
    try (RocksStorage storage = open("db")) {
      for (int index = 1; index <= 300; index++) {
        Batch batch = storage.newBatch();
        for (int i = random.nextInt(200); i > 0; i--) {
          if (model.isEmpty() || random.nextInt(5) > 1) {
            byte[] key = KeyLayout.revision(random.nextInt(50), (int) next++);
            byte[] value = new byte[random.nextInt(300)];
            random.nextBytes(value);
            hashes.put(key, batch.insert(ColumnFamily.KV_VERSION, key, value));
            model.put(key, value);
          } else {
            byte[] from = KeyLayout.revision(random.nextInt(50), 0);
            byte[] key = model.ceilingKey(from) == null ? model.lastKey() : model.ceilingKey(from);
            batch.removeUnread(ColumnFamily.KV_VERSION, key, hashes.get(key));
            model.remove(key);
          }
        }
        storage.commit(batch, index, 1);
        if (index % 40 == 0) {
          storage.flush();
        }
      }
      storage.flush();
      try (View view = storage.view();
          Cursor cursor = view.ascend(ColumnFamily.KV_VERSION, new byte[0], null)) {
        for (Map.Entry<byte[], byte[]> row : model.entrySet()) {
          assertThat(cursor.next()).isTrue();
          assertThat(cursor.key()).isEqualTo(row.getKey());
          assertThat(cursor.value()).isEqualTo(row.getValue());
        }
        assertThat(cursor.next()).isFalse();
        assertThat(StateDigest.recompute(view).toBytes()).isEqualTo(storage.digest());
      }
    }
  }

  @Test
  void rowThatIsWrittenOnceIsNotWrittenAgain() {
    byte[] key = {1};
    try (RocksStorage storage = open("db")) {
      Batch batch = storage.newBatch();
      StateDigest.RowHash hash = batch.insert(ColumnFamily.KV_VERSION, key, new byte[] {1});
      assertThatThrownBy(() -> batch.put(ColumnFamily.KV_VERSION, key, new byte[] {2}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("once");
      batch.removeUnread(ColumnFamily.KV_VERSION, key, hash);
      batch.insert(ColumnFamily.KV_VERSION, key, new byte[] {2});
      assertThatThrownBy(() -> batch.get(ColumnFamily.KV_VERSION, key))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("written again");
    }
  }

  @Test
  void whatWasAddedUnderACursorIsAheadOfIt() {
    try (RocksStorage storage = open("db")) {
      Batch batch = storage.newBatch();
      batch.insert(ColumnFamily.LOG, new byte[] {1}, new byte[0]);
      byte last = 0;
      try (Cursor cursor = batch.ascend(ColumnFamily.LOG, new byte[0], null)) {
        while (cursor.next()) {
          last = cursor.key()[0];
          if (last < 5) {
            batch.insert(ColumnFamily.LOG, new byte[] {(byte) (last + 1)}, new byte[0]);
          }
        }
      }
      assertThat(last).isEqualTo((byte) 5);
    }
  }

  @Test
  void committedBatchRefusesWrites() {
    try (RocksStorage storage = open("db")) {
      Batch batch = storage.newBatch();
      storage.commit(batch, 1, 1);
      assertThatThrownBy(() -> batch.put(ColumnFamily.TASK, new byte[1], new byte[1]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("committed");
      assertThatThrownBy(() -> batch.setCounter(Counter.EPOCH, 1))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void localRowsAreTheStoragesOwn() {
    try (RocksStorage storage = open("db")) {
      Batch batch = storage.newBatch();
      assertThatThrownBy(
              () -> batch.put(ColumnFamily.LOCAL, KeyLayout.localApplied(), new byte[16]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("LOCAL");
    }
  }

  private static void write(
      Batch batch, ColumnFamily family, byte[] key, byte[] value, byte @Nullable [] old) {
    if (old == null && value.length % 2 == 0) {
      batch.insert(family, key, value);
    } else if (value.length % 3 == 0) {
      batch.replace(family, key, old, value);
    } else {
      batch.put(family, key, value);
    }
  }

  private static void scan(
      Batch batch, NavigableMap<byte[], byte[]> model, ColumnFamily family, Random random) {
    byte[] from = random.nextInt(5) == 0 ? new byte[0] : RowModel.key(random);
    byte[] to = random.nextInt(5) == 0 ? null : RowModel.key(random);
    boolean up = random.nextBoolean();
    NavigableMap<byte[], byte[]> expected = range(model, from, to);
    int most = random.nextInt(30); // cursors are also closed before their end
    try (Cursor cursor = up ? batch.ascend(family, from, to) : batch.descend(family, from, to)) {
      for (Map.Entry<byte[], byte[]> row : (up ? expected : expected.descendingMap()).entrySet()) {
        if (most-- == 0) {
          return;
        }
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.key()).isEqualTo(row.getKey());
        assertThat(cursor.value()).isEqualTo(row.getValue());
      }
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.next()).isFalse();
    }
  }

  private static NavigableMap<byte[], byte[]> range(
      NavigableMap<byte[], byte[]> model, byte[] from, byte @Nullable [] to) {
    if (to == null) {
      return model.tailMap(from, true);
    }
    return Arrays.compareUnsigned(from, to) > 0
        ? model.subMap(to, false, to, false)
        : model.subMap(from, true, to, false);
  }

  private byte[] digestOf(String name, long seed, int entries, int perBatch) {
    try (RocksStorage storage = open(name)) {
      for (int i = 1; i <= entries; ) {
        Batch batch = storage.newBatch();
        int last = Math.min(entries, i + perBatch - 1);
        for (; i <= last; i++) {
          RowModel.entry(seed, i, RowModel.sink(batch));
        }
        storage.commit(batch, last, 1);
      }
      return storage.digest();
    }
  }

  private RocksStorage open(String name) {
    return RocksStorage.open(
        folder.resolve(name),
        RocksSettings.small(),
        (what, cause) -> {
          throw new AssertionError(what, cause);
        });
  }
}
