package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.KvRow;
import io.cairn.core.storage.v1.LatestRow;
import io.cairn.core.storage.v1.RevisionRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the keyspace, read. Each version of a key is in KV_VERSION under its own modification
 * revision, each deletion there as a tombstone. KV_LATEST says which one is the present version,
 * and all of it but the value: a put has no need of the value that it replaces.
 */
final class KvRows {
  private KvRows() {}

  /** What is known of the key's present version, or null. */
  static @Nullable LatestRow latest(ReadView view, byte[] key) {
    byte[] bytes = view.get(ColumnFamily.KV_LATEST, key);
    return bytes == null ? null : parseLatest(bytes);
  }

  /** The version of that, its value left out. */
  static KvRow withoutValue(LatestRow latest) {
    return KvRow.newBuilder()
        .setCreateRevision(latest.getCreateRevision())
        .setModRevision(latest.getModRevision())
        .setVersion(latest.getVersion())
        .setLease(latest.getLease())
        .build();
  }

  /** The key's present version as clients see it, or null. */
  static @Nullable KeyValue present(ReadView view, ByteString name) {
    byte[] key = name.toByteArray();
    LatestRow latest = latest(view, key);
    return latest == null ? null : version(name, version(view, key, latest.getModRevision()));
  }

  /** What a version counts where one command's work is bounded, by its row in KV_LATEST. */
  static long bytes(byte[] latest) {
    return latest.length + parseLatest(latest).getValueBytes();
  }

  /** The value of the key's present version. */
  static ByteString value(ReadView view, byte[] key, LatestRow latest) {
    return version(view, key, latest.getModRevision()).getValue();
  }

  /** The newest version of the key below {@code revision}, or null. */
  static @Nullable KvRow before(ReadView view, byte[] key, long revision) {
    byte[] from = KeyLayout.versionPrefix(key);
    try (Cursor cursor =
        view.descend(ColumnFamily.KV_VERSION, from, KeyLayout.version(key, revision))) {
      KvRow row = cursor.next() ? parse(cursor.value()) : null;
      return row == null || tombstone(row) ? null : row;
    }
  }

  /** The version of the key that the put at {@code revision} wrote; it must be kept. */
  static KvRow version(ReadView view, byte[] key, long revision) {
    return parse(required(view, key, revision));
  }

  /** The row of that version. */
  static byte[] required(ReadView view, byte[] key, long revision) {
    byte[] bytes = view.get(ColumnFamily.KV_VERSION, KeyLayout.version(key, revision));
    if (bytes == null) {
      throw missing(key, revision);
    }
    return bytes;
  }

  /** For a version that must be kept and is not there. */
  static DamagedRowException missing(byte[] key, long revision) {
    return new DamagedRowException(
        "no version of revision " + revision + " for a key of " + key.length + " bytes");
  }

  /**
   * The revision to read at, 0 and below meaning now. Refuses FUTURE_REVISION and, below the
   * compacted revision, COMPACTED.
   */
  static long readRevision(ReadView view, long asked) {
    long current = view.counter(Counter.REVISION);
    if (asked > current) {
      throw new Refusal(
          ErrorCode.FUTURE_REVISION,
          "revision " + asked + " is a future revision, the store is at " + current,
          current,
          asked);
    }
    if (asked <= 0) {
      return current;
    }
    refuseCompacted(view, asked);
    return asked;
  }

  /** Refuses COMPACTED below the compacted revision. */
  static void refuseCompacted(ReadView view, long revision) {
    long compacted = view.counter(Counter.COMPACTED);
    if (revision < compacted) {
      throw new Refusal(
          ErrorCode.COMPACTED,
          "revision " + revision + " has been compacted, the lowest kept is " + compacted,
          compacted,
          revision);
    }
  }

  static boolean tombstone(KvRow row) {
    return row.getVersion() == 0;
  }

  /** The row of the deletion of a key at {@code revision}. */
  static byte[] tombstone(long revision) {
    return KvRow.newBuilder().setModRevision(revision).build().toByteArray();
  }

  static LatestRow parseLatest(byte[] bytes) {
    try {
      return LatestRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("a key's row of " + bytes.length + " bytes is damaged", e);
    }
  }

  static KvRow parse(byte[] bytes) {
    try {
      return KvRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("a version's row of " + bytes.length + " bytes is damaged", e);
    }
  }

  static RevisionRow parseRevision(byte[] bytes) {
    try {
      return RevisionRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("a change's row of " + bytes.length + " bytes is damaged", e);
    }
  }

  /** The version as clients see it. */
  static KeyValue version(ByteString key, KvRow row) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setCreateRevision(row.getCreateRevision())
        .setModRevision(row.getModRevision())
        .setVersion(row.getVersion())
        .setValue(row.getValue())
        .setLease(row.getLease())
        .build();
  }
}
