package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the rows of all families must be, and random writes to get there. */
final class RowModel {
  /** Families whose keys may be written again and again. */
  static final List<ColumnFamily> FAMILIES =
      Stream.of(ColumnFamily.values())
          .filter(ColumnFamily::logical)
          .filter(family -> !family.writtenOnce())
          .toList();

  private static final int KEYS = 60;

  private final Map<ColumnFamily, NavigableMap<byte[], byte[]>> rows =
      new EnumMap<>(ColumnFamily.class);

  RowModel() {
    FAMILIES.forEach(family -> rows.put(family, new TreeMap<>(Arrays::compareUnsigned)));
  }

  /** Takes writes. */
  interface Sink {
    void put(ColumnFamily family, byte[] key, byte[] value);

    void delete(ColumnFamily family, byte[] key);
  }

  static Sink sink(Batch batch) {
    return new Sink() {
      @Override
      public void put(ColumnFamily family, byte[] key, byte[] value) {
        batch.put(family, key, value);
      }

      @Override
      public void delete(ColumnFamily family, byte[] key) {
        batch.delete(family, key);
      }
    };
  }

  Sink sink() {
    return new Sink() {
      @Override
      public void put(ColumnFamily family, byte[] key, byte[] value) {
        family(family).put(key, value);
      }

      @Override
      public void delete(ColumnFamily family, byte[] key) {
        family(family).remove(key);
      }
    };
  }

  NavigableMap<byte[], byte[]> family(ColumnFamily family) {
    return rows.get(family);
  }

  /** The writes of the entry at {@code index}: a function of seed and index. */
  static void entry(long seed, long index, Sink sink) {
    Random random = new Random(seed * 1_000_003 + index);
    int writes = 1 + random.nextInt(12);
    for (int i = 0; i < writes; i++) {
      ColumnFamily family = FAMILIES.get(random.nextInt(FAMILIES.size()));
      if (random.nextInt(4) == 0) {
        sink.delete(family, key(random));
      } else {
        sink.put(family, key(random), value(random));
      }
    }
  }

  static byte[] key(Random random) {
    int number = random.nextInt(KEYS);
    byte[] key = new byte[1 + number % 3];
    Arrays.fill(key, (byte) (number * 11));
    return key;
  }

  private static byte[] value(Random random) {
    int kind = random.nextInt(40);
    int length = kind == 0 ? 40_000 : kind < 4 ? 2_000 : random.nextInt(40);
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  /** Compares all rows. */
  void assertEquals(ReadView view) {
    for (ColumnFamily family : FAMILIES) {
      try (Cursor cursor = view.ascend(family, new byte[0], null)) {
        for (Map.Entry<byte[], byte[]> row : family(family).entrySet()) {
          assertThat(cursor.next()).as("row of %s", family).isTrue();
          assertThat(cursor.key()).as("key in %s", family).isEqualTo(row.getKey());
          assertThat(cursor.value()).as("value in %s", family).isEqualTo(row.getValue());
        }
        assertThat(cursor.next()).as("row behind the last of %s", family).isFalse();
      }
    }
  }

  StateDigest digest() {
    StateDigest digest = new StateDigest();
    rows.forEach((family, map) -> map.forEach((key, value) -> digest.add(family, key, value)));
    return digest;
  }
}
