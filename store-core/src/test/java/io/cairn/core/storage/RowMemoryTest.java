package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Two arenas share it, within its limit, which goes down where the JVM has no more. */
class RowMemoryTest {
  private static final long MIB = 1 << 20;

  private int left = Integer.MAX_VALUE;
  private int made;

  private ByteBuffer make(int size) {
    if (left == 0) {
      throw new OutOfMemoryError("a test's");
    }
    left--;
    made++;
    return ByteBuffer.allocate(size);
  }

  /** Puts rows until one is refused, and says how many MiB are here then. */
  private static long fill(RowArena arena) {
    int rows = 0;
    while (arena.put(rows, ColumnFamily.KV_LATEST, bytes("key" + rows), new byte[1_000])) {
      rows++;
    }
    return Math.round(arena.bytes() / (double) MIB);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void eachArenaHasHalfAndUsesTheBuffersOfTheOther() {
    RowMemory memory = new RowMemory(8 * MIB, this::make);
    RowArena one = new RowArena(memory);
    RowArena other = new RowArena(memory);
    assertThat(fill(one)).isEqualTo(4);
    assertThat(made).isEqualTo(4);
    one.clear();
    assertThat(fill(other)).isEqualTo(4);
    assertThat(made).isEqualTo(4);
    assertThat(fill(one)).isEqualTo(4);
    assertThat(memory.bytes()).isEqualTo(8 * MIB);
    assertThat(fill(one)).as("full, and stays so").isEqualTo(4);
    assertThat(made).isEqualTo(8);
  }

  @Test
  void halfIsGivenBackWhereThereIsNoMoreWhicheverArenaHasIt() {
    RowMemory memory = new RowMemory(64 * MIB, this::make);
    RowArena young = new RowArena(memory);
    RowArena old = new RowArena(memory);
    assertThat(fill(old)).isEqualTo(32);
    left = 2;
    assertThat(fill(young)).isEqualTo(2);
    old.clear();
    assertThat(memory.bytes()).isEqualTo(16 * MIB);
    left = Integer.MAX_VALUE;
    assertThat(fill(old)).as("half of the 16").isEqualTo(8);
    assertThat(memory.bytes()).isEqualTo(16 * MIB);
    young.clear();
    assertThat(fill(young)).isEqualTo(8);
    assertThat(memory.bytes()).isEqualTo(16 * MIB);
  }

  @Test
  void anArenaMayHaveMoreThanItsHalfFromBefore() {
    RowMemory memory = new RowMemory(64 * MIB, this::make);
    RowArena young = new RowArena(memory);
    RowArena old = new RowArena(memory);
    left = 8;
    fill(old);
    assertThat(fill(young)).isZero(); // 8 there are, 4 there may be
    left = Integer.MAX_VALUE;
    assertThat(fill(young)).isZero();
    old.clear();
    assertThat(memory.bytes()).isEqualTo(4 * MIB);
    assertThat(fill(young)).isEqualTo(2);
    assertThat(fill(old)).isEqualTo(2);
  }

  @Test
  void withoutAnyTheCacheHoldsNothing() {
    left = 0;
    RowMemory memory = new RowMemory(64 * MIB, this::make);
    RowArena arena = new RowArena(memory);
    assertThat(fill(arena)).isZero();
    arena.clear();
    left = 1;
    assertThat(fill(arena)).isZero();
    assertThat(memory.bytes()).isZero();
    left = 3;
    RowMemory little = new RowMemory(64 * MIB, this::make);
    RowArena one = new RowArena(little);
    assertThat(fill(one)).isEqualTo(3);
    one.clear();
    assertThat(little.bytes()).isZero();
    assertThat(arena.get(0, ColumnFamily.KV_LATEST, bytes("key0"))).isNull();
  }
}
