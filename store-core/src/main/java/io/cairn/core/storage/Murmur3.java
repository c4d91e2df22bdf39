package io.cairn.core.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * MurmurHash3 for 64-bit machines, 128 bits wide, by Austin Appleby, over bytes given in pieces.
 * The same numbers as Guava's {@code murmur3_128}, without an object for each hash. Not
 * thread-safe.
 */
final class Murmur3 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BLOCK_BYTES = 16;
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;

  private final long seed;
  private final byte[] block = new byte[BLOCK_BYTES];
  private int filled;
  private long length;
  private long low;
  private long high;

  /** A hash of this seed, begun. */
  Murmur3(int seed) {
    this.seed = seed;
    begin();
  }

  /** Begins another hash. */
  Murmur3 begin() {
    filled = 0;
    length = 0;
    low = seed;
    high = seed;
    return this;
  }

  /** Goes on with four bytes, the lowest first. */
  Murmur3 add(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      block[filled++] = (byte) (value >>> shift);
      if (filled == BLOCK_BYTES) {
        mix(block, 0);
        filled = 0;
      }
    }
    length += Integer.BYTES;
    return this;
  }

  /** Goes on with bytes. */
  Murmur3 add(byte[] bytes) {
    int at = 0;
    if (filled > 0) {
      at = Math.min(bytes.length, BLOCK_BYTES - filled);
      System.arraycopy(bytes, 0, block, filled, at);
      filled += at;
      if (filled == BLOCK_BYTES) {
        mix(block, 0);
        filled = 0;
      }
    }
    for (; at <= bytes.length - BLOCK_BYTES; at += BLOCK_BYTES) {
      mix(bytes, at);
    }
    if (at < bytes.length) {
      System.arraycopy(bytes, at, block, 0, bytes.length - at);
      filled = bytes.length - at;
    }
    length += bytes.length;
    return this;
  }

  /** Ends the hash: its halves can be read until the next begins. */
  Murmur3 end() {
    Arrays.fill(block, filled, BLOCK_BYTES, (byte) 0);
    low ^= mixLow((long) LONGS.get(block, 0));
    high ^= mixHigh((long) LONGS.get(block, Long.BYTES));
    low ^= length;
    high ^= length;
    low += high;
    high += low;
    low = finish(low);
    high = finish(high);
    low += high;
    high += low;
    return this;
  }

  long low() {
    return low;
  }

  long high() {
    return high;
  }

  private void mix(byte[] bytes, int at) {
    low ^= mixLow((long) LONGS.get(bytes, at));
    low = (Long.rotateLeft(low, 27) + high) * 5 + 0x52dce729;
    high ^= mixHigh((long) LONGS.get(bytes, at + Long.BYTES));
    high = (Long.rotateLeft(high, 31) + low) * 5 + 0x38495ab5;
  }

  private static long mixLow(long value) {
    return Long.rotateLeft(value * C1, 31) * C2;
  }

  private static long mixHigh(long value) {
    return Long.rotateLeft(value * C2, 33) * C1;
  }

  private static long finish(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
