package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Checks;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.DeleteRangeResponse;
import io.cairn.protocol.v1.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deletion of ranges, bounded in keys and in bytes before anything is written. */
final class Deletions {
  /** Rows that the deletion of a key writes under it or with it: each holds it once more. */
  private static final int ROWS_OF_A_KEY = 4;

  private Deletions() {}

  /** Refuses TOO_LARGE if these deletions, made in one command, touch too much. */
  static void check(ReadView view, KeyIntervals deleted) {
    long keys = 0;
    long bytes = 0;
    for (Map.Entry<ByteString, Optional<ByteString>> interval : deleted.intervals().entrySet()) {
      byte[] to = interval.getValue().map(ByteString::toByteArray).orElse(null);
      try (Cursor cursor =
          view.ascend(ColumnFamily.KV_LATEST, interval.getKey().toByteArray(), to)) {
        while (keys < Limits.SCAN_ROWS_MAX && bytes <= Limits.DELETE_BYTES_MAX && cursor.next()) {
          keys++;
          // Once there are too many keys only their number is of interest, and that up to a bound.
          bytes +=
              keys > Limits.DELETE_KEYS_MAX
                  ? 0
                  : (long) ROWS_OF_A_KEY * cursor.key().length + KvRows.bytes(cursor.value());
        }
      }
    }
    Checks.size("number of deleted keys", keys, Limits.DELETE_KEYS_MAX);
    Checks.size("bytes of deleted keys and versions", bytes, Limits.DELETE_BYTES_MAX);
  }

  /**
   * Bytes of the previous versions that the deletion is to return, at least; more than {@link
   * Limits#ANSWER_BYTES_MAX} is not counted on. Reads no value: the range may be a large one that
   * is to be refused.
   */
  static long answerBytes(ReadView view, DeleteRangeRequest request) {
    KeyRange range = TxnRules.range(request);
    long bytes = 0;
    if (!request.getPrevKv() || range.empty()) {
      return bytes;
    }
    if (range.single()) {
      byte[] row = view.get(ColumnFamily.KV_LATEST, range.from());
      return row == null ? 0 : range.from().length + KvRows.bytes(row);
    }
    byte @Nullable [] to = range.to();
    try (Cursor cursor = view.ascend(ColumnFamily.KV_LATEST, range.from(), to)) {
      while (bytes <= Limits.ANSWER_BYTES_MAX && cursor.next()) {
        bytes += cursor.key().length + KvRows.bytes(cursor.value());
      }
    }
    return bytes;
  }

  /** Deletes what has been checked. */
  static DeleteRangeResponse run(ReadView view, KvWrite write, DeleteRangeRequest request) {
    DeleteRangeResponse.Builder response = DeleteRangeResponse.newBuilder();
    long deleted = 0;
    for (byte[] key : keys(view, TxnRules.range(request))) {
      if (request.getPrevKv()) {
        KeyValue previous = KvRows.present(view, ByteString.copyFrom(key));
        if (previous != null) {
          response.addPrevKvs(previous);
        }
      }
      if (write.delete(key)) {
        deleted++;
      }
    }
    return response.setDeleted(deleted).build();
  }

  private static List<byte[]> keys(ReadView view, KeyRange range) {
    if (range.single()) {
      return List.of(range.from());
    }
    List<byte[]> keys = new ArrayList<>();
    if (!range.empty()) {
      byte @Nullable [] to = range.to();
      try (Cursor cursor = view.ascend(ColumnFamily.KV_LATEST, range.from(), to)) {
        while (cursor.next()) {
          keys.add(cursor.key());
        }
      }
    }
    return keys;
  }
}
