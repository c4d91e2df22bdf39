package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An arena may forget, but never answers with anything but the last value. */
class RowArenaTest {
  private static final ColumnFamily FAMILY = ColumnFamily.KV_LATEST;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int hash(byte[] key) {
    return RowArena.hash(FAMILY, key);
  }

  private static RowArena arenaOf(int bytes) {
    return new RowArena(new RowMemory(2L * bytes));
  }

  /** Puts rows until one is refused; returns how many. */
  private static int fill(RowArena arena) {
    int rows = 0;
    byte[] key = bytes("key0");
    while (arena.put(hash(key), FAMILY, key, bytes("value" + rows))) {
      key = bytes("key" + ++rows);
    }
    return rows;
  }

  @Test
  void manyRowsAreAllFoundUntilItIsFull() {
    RowArena arena = arenaOf(8 << 20);
    int rows = fill(arena);
    byte[] key = bytes("key" + rows);
    assertThat(arena.bytes()).isBetween(7L << 20, 8L << 20);
    int found = 0;
    for (int i = 0; i < rows; i++) {
      byte[] one = bytes("key" + i);
      byte[] value = arena.get(hash(one), FAMILY, one);
      found += value == null ? 0 : 1;
      assertThat(value == null || new String(value, StandardCharsets.UTF_8).equals("value" + i))
          .isTrue();
    }
    assertThat(found).isGreaterThan(rows * 99 / 100);
    assertThat(arena.put(hash(key), FAMILY, key, bytes("late"))).isFalse();
    arena.clear();
    assertThat(arena.bytes()).isZero();
    assertThat(arena.get(hash(bytes("key0")), FAMILY, bytes("key0"))).isNull();
    assertThat(arena.put(hash(key), FAMILY, key, bytes("late"))).isTrue();
    assertThat(arena.get(hash(key), FAMILY, key)).isEqualTo(bytes("late"));
  }

  @Test
  void randomWritesAreSeenAsTheLastOneSaid() {
    Random random = new Random(TestSeed.of(RowArenaTest.class, 20_261_127));
    RowArena arena = arenaOf(1 << 20);
    Map<String, byte[]> rows = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      String name = "key" + random.nextInt(3_000);
      byte[] key = bytes(name);
      switch (random.nextInt(4)) {
        case 0 -> {
          byte[] value = new byte[random.nextInt(60)];
          random.nextBytes(value);
          if (arena.put(hash(key), FAMILY, key, value)) {
            rows.put(name, value);
          } else {
            assertThat(arena.get(hash(key), FAMILY, key)).as("no room for it").isNull();
            arena.clear();
            rows.clear();
          }
        }
        case 1 -> {
          arena.remove(hash(key), FAMILY, key);
          rows.remove(name);
        }
        default -> {
          byte[] value = arena.get(hash(key), FAMILY, key);
          if (value != null) {
            assertThat(value).isEqualTo(rows.get(name));
          }
          assertThat(arena.take(hash(key), FAMILY, key)).isEqualTo(value);
          assertThat(arena.get(hash(key), FAMILY, key)).isNull();
          rows.remove(name);
        }
      }
    }
  }

  @Test
  void keysOfOneHashCostABoundedSearch() {
    RowArena arena = arenaOf(1 << 20);
    int found = 0;
    for (int i = 0; i < 10_000; i++) {
      assertThat(arena.put(7, FAMILY, bytes("key" + i), bytes("value"))).isTrue();
    }
    for (int i = 0; i < 10_000; i++) {
      found += arena.get(7, FAMILY, bytes("key" + i)) == null ? 0 : 1;
    }
    assertThat(found).isBetween(1, 32);
  }

  @Test
  void familiesDoNotMeet() {
    RowArena arena = arenaOf(1 << 20);
    byte[] key = bytes("k");
    arena.put(7, ColumnFamily.KV_LATEST, key, bytes("1"));
    arena.put(7, ColumnFamily.TASK, key, bytes("2"));
    assertThat(arena.get(7, ColumnFamily.KV_LATEST, key)).isEqualTo(bytes("1"));
    assertThat(arena.get(7, ColumnFamily.TASK, key)).isEqualTo(bytes("2"));
    assertThat(arena.remove(7, ColumnFamily.TASK, key)).isTrue();
    assertThat(arena.get(7, ColumnFamily.TASK, key)).isNull();
    assertThat(arena.get(7, ColumnFamily.KV_LATEST, key)).isEqualTo(bytes("1"));
  }
}
