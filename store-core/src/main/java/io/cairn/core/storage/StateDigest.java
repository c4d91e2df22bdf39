package io.cairn.core.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * An order-independent digest of all logical rows: the sum of a 128-bit hash of each row, per
 * 64-bit half, modulo 2^64. A row can be added and taken away in constant time, so the digest is
 * kept up to date with every write (I7). It finds replicas that differ by fault; it is not meant
 * against somebody who makes rows to collide.
 *
 * <p>Of a value its length, CRC32C and CRC32 are hashed: two polynomials of 32 bits, which
 * processors have instructions for. They are an order of magnitude faster than the hash itself, and
 * a value may have a megabyte.
 *
 * <p>Incremental hashing by sums is described by Bellare and Micciancio, "A New Paradigm for
 * Collision-Free Hashing", EUROCRYPT 1997. Not thread-safe.
 */
public final class StateDigest {
  /** Length of {@link #toBytes}. */
  public static final int BYTES = 16;

  private static final int SEED = 0x43_41_49_52;

  private final Murmur3 hash = new Murmur3(SEED);
  private final CRC32C castagnoli = new CRC32C();
  private final CRC32 ieee = new CRC32();
  private long low;
  private long high;

  /**
   * What one row adds to the digest: who keeps it can remove the row unread.
   *
   * @param low added to the lower half, modulo 2^64
   * @param high added to the upper half
   */
  public record RowHash(long low, long high) {}

  /** The digest of no rows. */
  public StateDigest() {}

  /** Copies a digest from {@link #toBytes}. */
  public static StateDigest ofBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("digest of " + bytes.length + " bytes, expected " + BYTES);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    StateDigest digest = new StateDigest();
    digest.low = buffer.getLong();
    digest.high = buffer.getLong();
    return digest;
  }

  /** The digest of all logical rows of a state, from the rows themselves. Reads everything. */
  public static StateDigest recompute(ReadView rows) {
    StateDigest digest = new StateDigest();
    for (ColumnFamily family : ColumnFamily.values()) {
      if (family.logical()) {
        try (Cursor cursor = rows.ascend(family, new byte[0], null)) {
          while (cursor.next()) {
            digest.add(family, cursor.key(), cursor.value());
          }
        }
      }
    }
    return digest;
  }

  /** Adds a row; says what it has added. */
  public RowHash add(ColumnFamily family, byte[] key, byte[] value) {
    RowHash added = hashOf(family, key, value);
    low += added.low();
    high += added.high();
    return added;
  }

  /** Takes a row away that has been added. */
  public void remove(ColumnFamily family, byte[] key, byte[] value) {
    remove(hashOf(family, key, value));
  }

  /** Takes away what a row has added. */
  public void remove(RowHash added) {
    low -= added.low();
    high -= added.high();
  }

  /** The digest's 16 bytes. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(low).putLong(high).array();
  }

  /** What a row adds. */
  RowHash hashOf(ColumnFamily family, byte[] key, byte[] value) {
    castagnoli.reset();
    castagnoli.update(value);
    ieee.reset();
    ieee.update(value);
    hash.begin()
        .add(family.number())
        .add(key.length)
        .add(key)
        .add(value.length)
        .add((int) castagnoli.getValue())
        .add((int) ieee.getValue())
        .end();
    return new RowHash(Long.reverseBytes(hash.low()), Long.reverseBytes(hash.high()));
  }
}
