package io.cairn.core.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;

/**
 * Writes in the form in which RocksDB keeps them in its write-ahead log, which is part of its file
 * format: a sequence number (8, zero), their number (4), then for each a tag, the family's id, the
 * key and the value, ids and lengths as varints, all with the lowest byte first. Laid out here they
 * reach the library in one call instead of one for each row. Not thread-safe; used again and again.
 */
final class EncodedWrites {
  private static final int HEADER_BYTES = 12;
  private static final int COUNT_AT = 8;
  private static final int VARINT_BYTES_MAX = 5;
  private static final byte DELETION = 4;
  private static final byte VALUE = 5;
  private static final byte SINGLE_DELETION = 8;

  /** A buffer that a large batch has made is not kept beyond this. */
  private static final int BYTES_KEPT = 4 << 20;

  private byte[] bytes = new byte[64 * 1024];
  private int length = HEADER_BYTES;
  private int count;

  /** Begins anew. */
  void clear() {
    if (bytes.length > BYTES_KEPT) {
      bytes = new byte[64 * 1024];
    }
    length = HEADER_BYTES;
    count = 0;
  }

  /** Writes a row. */
  void put(int family, byte[] key, byte[] value) {
    record(VALUE, family, key, value);
  }

  /** Removes a row. */
  void delete(int family, byte[] key) {
    record(DELETION, family, key, null);
  }

  /** Removes a row that was written exactly once since it was last removed. */
  void singleDelete(int family, byte[] key) {
    record(SINGLE_DELETION, family, key, null);
  }

  /** The writes as RocksDB takes them; close it. */
  WriteBatch toBatch() {
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[COUNT_AT + i] = (byte) (count >>> (Byte.SIZE * i));
    }
    return new WriteBatch(Arrays.copyOf(bytes, length));
  }

  private void record(byte tag, int family, byte[] key, byte @Nullable [] value) {
    long needed =
        (long) length + 1 + 3 * VARINT_BYTES_MAX + key.length + (value == null ? 0 : value.length);
    if (needed > bytes.length) {
      if (needed > Integer.MAX_VALUE - 8) {
        throw new StorageException("a write of more than 2 GiB");
      }
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, 1 << 30)));
    }
    bytes[length++] = tag;
    varint(family);
    add(key);
    if (value != null) {
      add(value);
    }
    count++;
  }

  private void add(byte[] part) {
    varint(part.length);
    System.arraycopy(part, 0, bytes, length, part.length);
    length += part.length;
  }

  private void varint(int value) {
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }
}
