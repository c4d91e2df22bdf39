package io.cairn.core.storage;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** How far a database is: the last entry applied, and the digest of the state after it. */
final class Applied {
  static final int FORMAT = 6;

  private final long index;
  private final long term;
  private final byte[] digest;

  Applied(long index, long term, byte[] digest) {
    this.index = index;
    this.term = term;
    this.digest = digest.clone();
  }

  /** Index of the entry; 0: none. */
  long index() {
    return index;
  }

  /** Term of the entry. */
  long term() {
    return term;
  }

  /** Digest of all logical rows; the caller must not change it. */
  byte[] digest() {
    return digest;
  }

  /** Reads it of a database; refuses one whose rows do not belong together. */
  static Applied read(ReadView rows, Object where) {
    byte[] applied = rows.get(ColumnFamily.LOCAL, KeyLayout.localApplied());
    byte[] digest = rows.get(ColumnFamily.LOCAL, KeyLayout.localDigest());
    if (applied == null && digest == null) {
      return new Applied(0, 0, new StateDigest().toBytes());
    }
    if (applied == null || applied.length != 2 * Long.BYTES) {
      throw new StorageException(where + ": row of the applied index is missing or damaged");
    }
    if (digest == null || digest.length != StateDigest.BYTES) {
      throw new StorageException(where + ": row of the state digest is missing or damaged");
    }
    return new Applied(
        KeyLayout.readLong(applied, 0), KeyLayout.readLong(applied, Long.BYTES), digest);
  }

  /** Version of the format a database was written in; 0: none is noted. */
  static int format(ReadView rows) {
    byte[] format = rows.get(ColumnFamily.LOCAL, KeyLayout.localFormat());
    return format == null ? 0 : ByteBuffer.wrap(format).getInt();
  }

  static byte[] formatRow() {
    return ByteBuffer.allocate(Integer.BYTES).putInt(FORMAT).array();
  }

  /** Value of the row {@link KeyLayout#localApplied}. */
  byte[] row() {
    return KeyLayout.pair(index, term);
  }

  /** Refuses the database in {@code where} if it is not the one a manifest promises. */
  void checkEquals(Applied expected, Object where) {
    String promised = expected.toString();
    if (!promised.equals(toString())) {
      throw new CorruptSnapshotException(where.toString(), "state", promised, toString());
    }
  }

  @Override
  public String toString() {
    return "index %d, term %d, digest %s".formatted(index, term, hex(digest));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static void checkFormat(int found, @Nullable Object where) {
    if (found > FORMAT) {
      throw new NewerFormatException(
          "%s has storage format %d, this version knows up to %d".formatted(where, found, FORMAT));
    }
    if (found < 1) {
      throw new StorageException(where + " has no storage format: it is damaged");
    }
    if (found < FORMAT) {
      throw new StorageException(
          "%s has storage format %d, of a version before the first release; this one reads %d only"
              .formatted(where, found, FORMAT));
    }
  }
}
