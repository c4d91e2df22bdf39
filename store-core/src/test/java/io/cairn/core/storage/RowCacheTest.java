package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache answers as what is committed does, within its bounds. */
class RowCacheTest {
  @TempDir Path folder;

  private final Map<String, byte[]> rows = new HashMap<>();
  private int reads;

  private final ReadView committed =
      new ReadView() {
        @Override
        public byte @Nullable [] get(ColumnFamily family, byte[] key) {
          reads++;
          return rows.get(family + new String(key, StandardCharsets.UTF_8));
        }

        @Override
        public Cursor ascend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
          return EmptyCursor.INSTANCE;
        }

        @Override
        public Cursor descend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
          return EmptyCursor.INSTANCE;
        }
      };

  private void write(RowCache cache, ColumnFamily family, String key, byte @Nullable [] value) {
    rows.put(family + key, value);
    cache.committed(family, bytes(key), value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatWasReadOrWrittenIsNotReadAgain() {
    RowCache cache = new RowCache(committed, 1 << 20);
    write(cache, ColumnFamily.KV_LATEST, "a", bytes("1"));
    assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("a"))).isEqualTo(bytes("1"));
    write(cache, ColumnFamily.KV_LATEST, "a", bytes("2"));
    assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("a"))).isEqualTo(bytes("2"));
    assertThat(reads).isZero();
    rows.put(ColumnFamily.KV_LATEST + "b", bytes("3"));
    assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("b"))).isEqualTo(bytes("3"));
    assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("b"))).isEqualTo(bytes("3"));
    assertThat(reads).isEqualTo(1);
    write(cache, ColumnFamily.KV_LATEST, "a", null);
    write(cache, ColumnFamily.KV_LATEST, "b", null);
    assertThat(cache.bytes()).isZero();
    assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("a"))).isNull();
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void longRowsAndFamiliesThatAreSeldomReadAgainAreLeftOut() {
    RowCache cache = new RowCache(committed, 1 << 20);
    write(cache, ColumnFamily.KV_LATEST, "a", bytes("short"));
    write(cache, ColumnFamily.KV_LATEST, "a", new byte[20_000]);
    rows.put(ColumnFamily.KV_VERSION + "a", bytes("1"));
    assertThat(cache.bytes()).isZero();
    assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("a"))).hasSize(20_000);
    assertThat(cache.get(ColumnFamily.KV_VERSION, bytes("a"))).isEqualTo(bytes("1"));
    assertThat(reads).isEqualTo(2);
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void whatWasUsedLongestAgoGoesFirst() {
    RowCache cache = new RowCache(committed, 100_000);
    for (int i = 0; i < 10_000; i++) {
      write(cache, ColumnFamily.KV_LATEST, "key" + i, new byte[i % 500]);
      assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("key" + i))).hasSize(i % 500);
      assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("key0"))).isNotNull();
      assertThat(cache.bytes()).isLessThanOrEqualTo(100_000 + 1_000);
    }
    assertThat(reads).isZero();
    assertThat(cache.get(ColumnFamily.KV_LATEST, bytes("key1"))).hasSize(1);
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void cacheAnswersAsTheDatabaseDoesOverManyGenerations() {
    Random random = new Random(TestSeed.of(RowCacheTest.class, 20_261_126));
    RowCache cache = new RowCache(committed, 60_000);
    for (int i = 0; i < 50_000; i++) {
      ColumnFamily family = random.nextBoolean() ? ColumnFamily.TASK : ColumnFamily.KV_LATEST;
      String key = "key" + random.nextInt(200);
      int kind = random.nextInt(10);
      if (kind < 3) {
        byte[] value = new byte[kind == 0 ? 16_000 + random.nextInt(800) : random.nextInt(400)];
        random.nextBytes(value);
        write(cache, family, key, value);
      } else if (kind < 4) {
        write(cache, family, key, null);
      } else {
        assertThat(cache.get(family, bytes(key))).isEqualTo(rows.get(family + key));
      }
    }
  }

  @Test
  void anotherDatabaseIsReadAnew() throws Exception {
    byte[] key = bytes("k");
    try (RocksStorage storage = open("db")) {
      Batch first = storage.newBatch();
      first.put(ColumnFamily.TASK, key, bytes("old"));
      storage.commit(first, 1, 1);
      Applied before = storage.checkpoint(folder.resolve("copy"));
      Batch second = storage.newBatch();
      second.put(ColumnFamily.TASK, key, bytes("new"));
      storage.commit(second, 2, 1);
      storage.replace(into -> copy(folder.resolve("copy"), into), before);
      assertThat(storage.newBatch().get(ColumnFamily.TASK, key)).isEqualTo(bytes("old"));
    }
  }

  @Test
  void droppedBatchLeavesNothingBehind() {
    byte[] key = bytes("k");
    try (RocksStorage storage = open("db")) {
      Batch dropped = storage.newBatch();
      dropped.put(ColumnFamily.TASK, key, bytes("never"));
      assertThat(storage.newBatch().get(ColumnFamily.TASK, key)).isNull();
    }
  }

  private static void copy(Path from, Path to) throws java.io.IOException {
    try (var files = java.nio.file.Files.list(from)) {
      for (Path file : files.toList()) {
        java.nio.file.Files.copy(file, to.resolve(file.getFileName()));
      }
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
