package io.cairn.protocol.placement;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash functions of the ring, version {@link HashRing#HASH_VERSION}. Keys and names go through
 * XXH64 with seed 0 (Yann Collet, <i>xxHash fast digest algorithm</i>, specification 0.1.1). The
 * positions of a node are the SplitMix64 sequence that starts at its name's hash (Steele, Lea,
 * Flood, <i>Fast splittable pseudorandom number generators</i>, OOPSLA 2014, with Stafford's
 * variant 13 of the mixer). Neither resists somebody who chooses names in order to collide.
 */
final class RingHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;

  /** The sum of the first two, which leaves 64 bits. */
  private static final long PRIME_1_AND_2 = 0x60EA27EEADC0B5D6L;

  private static final int STRIPE_BYTES = 32;

  /** 2^64 divided by the golden ratio, made odd. */
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private RingHash() {}

  /** XXH64 of the text's UTF-8 bytes. */
  static long of(String text) {
    return of(text.getBytes(UTF_8));
  }

  /** XXH64 of the bytes. */
  static long of(byte[] bytes) {
    int at = 0;
    long hash;
    if (bytes.length >= STRIPE_BYTES) {
      long lane1 = PRIME_1_AND_2;
      long lane2 = PRIME_2;
      long lane3 = 0;
      long lane4 = -PRIME_1;
      for (; at <= bytes.length - STRIPE_BYTES; at += STRIPE_BYTES) {
        lane1 = round(lane1, (long) LONGS.get(bytes, at));
        lane2 = round(lane2, (long) LONGS.get(bytes, at + 8));
        lane3 = round(lane3, (long) LONGS.get(bytes, at + 16));
        lane4 = round(lane4, (long) LONGS.get(bytes, at + 24));
      }
      hash =
          Long.rotateLeft(lane1, 1)
              + Long.rotateLeft(lane2, 7)
              + Long.rotateLeft(lane3, 12)
              + Long.rotateLeft(lane4, 18);
      hash = merge(merge(merge(merge(hash, lane1), lane2), lane3), lane4);
    } else {
      hash = PRIME_5;
    }
    return avalanche(tail(hash + bytes.length, bytes, at));
  }

  private static long tail(long start, byte[] bytes, int from) {
    long hash = start;
    int at = from;
    for (; at <= bytes.length - 8; at += 8) {
      hash ^= round(0, (long) LONGS.get(bytes, at));
      hash = Long.rotateLeft(hash, 27) * PRIME_1 + PRIME_4;
    }
    if (at <= bytes.length - 4) {
      hash ^= ((int) INTS.get(bytes, at) & 0xFFFF_FFFFL) * PRIME_1;
      hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
      at += 4;
    }
    for (; at < bytes.length; at++) {
      hash ^= (bytes[at] & 0xFF) * PRIME_5;
      hash = Long.rotateLeft(hash, 11) * PRIME_1;
    }
    return hash;
  }

  private static long round(long lane, long input) {
    return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
  }

  private static long merge(long hash, long lane) {
    return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
  }

  private static long avalanche(long sum) {
    long hash = (sum ^ (sum >>> 33)) * PRIME_2;
    hash = (hash ^ (hash >>> 29)) * PRIME_3;
    return hash ^ (hash >>> 32);
  }

  /** The position of virtual node {@code index}, from 0, of the node whose name has this hash. */
  static long position(long nameHash, int index) {
    long mixed = nameHash + (index + 1L) * GAMMA;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
