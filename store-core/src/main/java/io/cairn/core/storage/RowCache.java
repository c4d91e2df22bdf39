package io.cairn.core.storage;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Committed rows that the applying thread has read or written lately, those that are not there
 * included: most commands begin by reading a row that a recent one has written. Bounded in bytes;
 * what was used longest ago goes first.
 *
 * <p>I1: holds nothing that is not committed. {@link RocksStorage} tells it of each committed
 * write, and begins another one with another database. Applying thread only.
 */
final class RowCache implements ReadView {
  /** What an entry takes besides its bytes. */
  private static final int ENTRY_BYTES = 160;

  /** A longer row is cheap to read for its length, and would push out many. */
  private static final int ROW_BYTES_MAX = 16 * 1024;

  private final ReadView committed;
  private final long bytesMax;
  private final LinkedHashMap<RowKey, Optional<byte[]>> rows =
      new LinkedHashMap<>(1_024, 0.75f, true);
  private long bytes;

  /** Family and key of a row. */
  private static final class RowKey {
    private final ColumnFamily family;
    private final byte[] key;
    private final int hash;

    RowKey(ColumnFamily family, byte[] key) {
      this.family = family;
      this.key = key;
      this.hash = 31 * Arrays.hashCode(key) + family.number();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof RowKey that
          && hash == that.hash
          && family == that.family
          && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** A cache over {@code committed} of up to {@code bytesMax} bytes. */
  RowCache(ReadView committed, long bytesMax) {
    this.committed = committed;
    this.bytesMax = bytesMax;
  }

  @Override
  public byte @Nullable [] get(ColumnFamily family, byte[] key) {
    if (!family.readAgain()) {
      return committed.get(family, key);
    }
    RowKey row = new RowKey(family, key);
    Optional<byte[]> known = rows.get(row);
    if (known != null) {
      return known.orElse(null);
    }
    byte[] value = committed.get(family, key);
    keep(row, value);
    return value;
  }

  @Override
  public Cursor ascend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return committed.ascend(family, from, to);
  }

  @Override
  public Cursor descend(ColumnFamily family, byte[] from, byte @Nullable [] to) {
    return committed.descend(family, from, to);
  }

  /** A row was committed; null: its removal. */
  void committed(ColumnFamily family, byte[] key, byte @Nullable [] value) {
    if (family.readAgain()) {
      keep(new RowKey(family, key), value);
    }
  }

  private void keep(RowKey row, byte @Nullable [] value) {
    Optional<byte[]> before =
        value != null && value.length > ROW_BYTES_MAX
            ? rows.remove(row)
            : rows.put(row, Optional.ofNullable(value));
    bytes += rows.containsKey(row) ? size(row, value) : 0;
    bytes -= before == null ? 0 : size(row, before.orElse(null));
    while (bytes > bytesMax) {
      Map.Entry<RowKey, Optional<byte[]>> oldest = rows.entrySet().iterator().next();
      bytes -= size(oldest.getKey(), oldest.getValue().orElse(null));
      rows.remove(oldest.getKey());
    }
  }

  private static long size(RowKey row, byte @Nullable [] value) {
    return (long) ENTRY_BYTES + row.key.length + (value == null ? 0 : value.length);
  }

  /** Bytes it takes, as it counts them. */
  long bytes() {
    return bytes;
  }
}
