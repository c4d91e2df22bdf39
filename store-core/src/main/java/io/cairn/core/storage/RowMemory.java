package io.cairn.core.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Buffers outside of the heap for two {@link RowArena}s, up to a limit. When the JVM refuses one,
 * the limit becomes half of what there is by then, for good: others need such memory, too, and a
 * server falls over it where a cache does not. Below 4 buffers that is none. Not thread-safe.
 */
final class RowMemory {
  private final IntFunction<ByteBuffer> memory;
  private final int chunkBytes;
  private final Deque<ByteBuffer> free = new ArrayDeque<>();
  private int chunks; // lent or free
  private int chunksMax;

  /** Up to {@code bytesMax} bytes, 2 GiB at most. */
  RowMemory(long bytesMax) {
    this(bytesMax, ByteBuffer::allocateDirect);
  }

  /**
   * @param memory makes a buffer of so many bytes, or throws an {@link OutOfMemoryError}
   */
  RowMemory(long bytesMax, IntFunction<ByteBuffer> memory) {
    this.memory = memory;
    this.chunkBytes = (int) Math.min(bytesMax / 2, 1 << RowArena.CHUNK_BITS);
    this.chunksMax = (int) Math.min(bytesMax / chunkBytes, 2 * RowArena.CHUNKS_MAX);
  }

  int chunkBytes() {
    return chunkBytes;
  }

  /**
   * Another buffer for an arena that has {@code had}; empty when it has its half already, or the
   * JVM has no more.
   */
  Optional<ByteBuffer> lend(int had) {
    if (had >= chunksMax / 2) {
      return Optional.empty();
    }
    if (!free.isEmpty()) {
      return Optional.of(free.pop());
    }
    if (chunks >= chunksMax) {
      return Optional.empty(); // the other arena has more than its half, from before
    }
    try {
      ByteBuffer chunk = memory.apply(chunkBytes).order(ByteOrder.LITTLE_ENDIAN);
      chunks++;
      return Optional.of(chunk);
    } catch (OutOfMemoryError e) {
      chunksMax = chunks / 4 * 2; // both arenas get the same
      return Optional.empty();
    }
  }

  /** A buffer that is not used any more. Nothing may be read from it from now on. */
  void giveBack(ByteBuffer chunk) {
    if (chunks > chunksMax) {
      chunks--;
    } else {
      free.push(chunk);
    }
  }

  /** Bytes of the buffers there are. */
  long bytes() {
    return (long) chunks * chunkBytes;
  }
}
