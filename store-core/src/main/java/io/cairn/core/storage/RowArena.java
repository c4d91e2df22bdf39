package io.cairn.core.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows in a few large buffers outside of the heap, found by a hash table of their places: a million
 * short rows are nothing to the collector, and 60 bytes each less than as objects. Takes rows until
 * it is full; a place that a row has left is not used again before {@link #clear}. It may refuse or
 * drop a row at any time: among keys that were chosen for one hash only some are found. Not
 * thread-safe.
 */
final class RowArena {
  /** Of a place, for the offset in a chunk; the bits above them count the chunks. */
  static final int CHUNK_BITS = 20;

  /** More of them could not be counted. */
  static final int CHUNKS_MAX = 1 << 10;

  private static final int TABLE_MIN = 1 << 10;

  /** A row is at most so many slots behind the one of its hash. */
  private static final int PROBES_MAX = 32;

  /** Hash (4), length of the key (4), length of the value (4), family (1); then both. */
  private static final int HEADER_BYTES = 13;

  private static final int EMPTY = 0;
  private static final int REMOVED = -1;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L; // odd, of the golden ratio
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final RowMemory memory;
  private final int chunkBytes;
  private final List<ByteBuffer> chunks = new ArrayList<>();
  // In the last chunk, where the next row goes.
  private int position;
  // Per slot: EMPTY, REMOVED, or one above the place of a row.
  private int[] table = new int[TABLE_MIN];
  private int slotsTaken;
  private int rows;
  private long bytes;

  /** An empty arena, which takes its half of a memory. */
  RowArena(RowMemory memory) {
    this.memory = memory;
    this.chunkBytes = memory.chunkBytes();
  }

  /** Numbers that differ in a few bits must differ here in many: keys are mostly numbers. */
  static int hash(ColumnFamily family, byte[] key) {
    long mixed = family.number();
    int at = 0;
    for (; at <= key.length - Long.BYTES; at += Long.BYTES) {
      mixed = (Long.rotateLeft(mixed, 29) ^ (long) LONGS.get(key, at)) * MULTIPLIER;
    }
    for (; at < key.length; at++) {
      mixed = (Long.rotateLeft(mixed, 29) ^ key[at]) * MULTIPLIER;
    }
    // Of a product the upper bits depend on all bits, and the lower ones on few.
    return (int) (((mixed ^ (mixed >>> Integer.SIZE)) * MULTIPLIER) >>> Integer.SIZE);
  }

  /** The row's value, a copy, or null. */
  byte @Nullable [] get(int hash, ColumnFamily family, byte[] key) {
    int slot = find(hash, family, key);
    return slot < 0 ? null : value(table[slot]);
  }

  /** Removes a row and returns its value, or null. */
  byte @Nullable [] take(int hash, ColumnFamily family, byte[] key) {
    int slot = find(hash, family, key);
    if (slot < 0) {
      return null;
    }
    byte[] value = value(table[slot]);
    vacate(slot);
    return value;
  }

  /**
   * Puts a row in the place of the one of its key. False if there is no room: then neither is here.
   */
  boolean put(int hash, ColumnFamily family, byte[] key, byte[] value) {
    int slot = find(hash, family, key);
    if (slot >= 0) {
      ByteBuffer in = chunkOf(table[slot]);
      int at = offsetOf(table[slot]);
      if (valueLength(in, at) == value.length) {
        in.put(at + HEADER_BYTES + key.length, value);
        return true;
      }
      vacate(slot);
    }
    int size = HEADER_BYTES + key.length + value.length;
    if (!makeRoom(size)) {
      return false;
    }
    int place = (chunks.size() - 1) << CHUNK_BITS | position;
    if (!enter(hash, place + 1)) {
      return true; // dropped
    }
    ByteBuffer in = chunks.get(chunks.size() - 1);
    in.putInt(position, hash);
    in.putInt(position + 4, key.length);
    in.putInt(position + 8, value.length);
    in.put(position + 12, (byte) family.number());
    in.put(position + HEADER_BYTES, key);
    in.put(position + HEADER_BYTES + key.length, value);
    position += size;
    rows++;
    bytes += size;
    return true;
  }

  /** Removes a row; false if it is not here. */
  boolean remove(int hash, ColumnFamily family, byte[] key) {
    int slot = find(hash, family, key);
    if (slot < 0) {
      return false;
    }
    vacate(slot);
    return true;
  }

  /** Bytes of the rows that are here, with their headers. */
  long bytes() {
    return bytes;
  }

  /** Forgets all rows, and gives their memory back. */
  void clear() {
    chunks.forEach(memory::giveBack);
    chunks.clear();
    if (slotsTaken > 0) {
      Arrays.fill(table, EMPTY);
    }
    slotsTaken = 0;
    rows = 0;
    bytes = 0;
    position = 0;
  }

  private int find(int hash, ColumnFamily family, byte[] key) {
    int mask = table.length - 1;
    for (int probe = 0; probe < PROBES_MAX; probe++) {
      int slot = (hash + probe) & mask;
      int ref = table[slot];
      if (ref == EMPTY) {
        return -1;
      }
      if (ref != REMOVED && is(ref, hash, family, key)) {
        return slot;
      }
    }
    return -1;
  }

  private boolean is(int ref, int hash, ColumnFamily family, byte[] key) {
    ByteBuffer in = chunkOf(ref);
    int at = offsetOf(ref);
    return in.getInt(at) == hash
        && keyLength(in, at) == key.length
        && in.get(at + 12) == family.number()
        && isKey(in, at + HEADER_BYTES, key);
  }

  private static boolean isKey(ByteBuffer in, int from, byte[] key) {
    int at = 0;
    for (; at <= key.length - Long.BYTES; at += Long.BYTES) {
      if (in.getLong(from + at) != (long) LONGS.get(key, at)) {
        return false;
      }
    }
    for (; at < key.length; at++) {
      if (in.get(from + at) != key[at]) {
        return false;
      }
    }
    return true;
  }

  private void vacate(int slot) {
    uncount(table[slot]);
    table[slot] = REMOVED;
  }

  private void uncount(int ref) {
    ByteBuffer in = chunkOf(ref);
    int at = offsetOf(ref);
    bytes -= HEADER_BYTES + keyLength(in, at) + valueLength(in, at);
    rows--;
  }

  /** Makes the place for a row of {@code size} bytes the next one, and sees to free slots. */
  private boolean makeRoom(int size) {
    if (size > chunkBytes) {
      return false;
    }
    if (chunks.isEmpty() || position + size > chunkBytes) {
      Optional<ByteBuffer> next = memory.lend(chunks.size());
      if (next.isEmpty()) {
        position = chunkBytes; // full, also for a smaller row
        return false;
      }
      chunks.add(next.get());
      position = 0;
    }
    if (slotsTaken >= table.length / 2) {
      rebuild(rows >= table.length / 4 ? table.length * 2 : table.length);
    }
    return true;
  }

  /** Makes another table, without what was removed. */
  private void rebuild(int length) {
    int[] before = table;
    table = new int[length];
    slotsTaken = 0;
    for (int ref : before) {
      if (ref == EMPTY || ref == REMOVED) {
        continue;
      }
      if (!enter(chunkOf(ref).getInt(offsetOf(ref)), ref)) {
        uncount(ref);
      }
    }
  }

  /** Enters a place that is not in the table; false if there is no slot near that of its hash. */
  private boolean enter(int hash, int ref) {
    int mask = table.length - 1;
    for (int probe = 0; probe < PROBES_MAX; probe++) {
      int slot = (hash + probe) & mask;
      if (table[slot] == EMPTY || table[slot] == REMOVED) {
        slotsTaken += table[slot] == EMPTY ? 1 : 0;
        table[slot] = ref;
        return true;
      }
    }
    return false;
  }

  private byte[] value(int ref) {
    ByteBuffer in = chunkOf(ref);
    int at = offsetOf(ref);
    byte[] value = new byte[valueLength(in, at)];
    in.get(at + HEADER_BYTES + keyLength(in, at), value);
    return value;
  }

  private static int keyLength(ByteBuffer in, int at) {
    return in.getInt(at + 4);
  }

  private static int valueLength(ByteBuffer in, int at) {
    return in.getInt(at + 8);
  }

  private ByteBuffer chunkOf(int ref) {
    return chunks.get((ref - 1) >>> CHUNK_BITS);
  }

  private static int offsetOf(int ref) {
    return (ref - 1) & ((1 << CHUNK_BITS) - 1);
  }
}
