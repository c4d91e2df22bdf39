package io.cairn.core.kv;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.RevisionRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.CompactResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Gives up history. A compact command only moves the compacted revision C, below which nothing may
 * be read; housekeeping removes the rows in bounded steps, in the order of revisions.
 *
 * <p>A change at revision r up to C takes the version it replaced with it: no read at C or above
 * sees that version. Below C its tombstone and its own row go too. The changes at C stay, as a
 * watch may start there, until a later compaction. COMPACTION_DONE is a revision below which no
 * change is left and at which the next step begins; when it has reached C all is done.
 */
public final class Compaction {
  /** Bytes of a version that count as one more row: one of 1 MiB counts as 65. */
  private static final int BYTES_PER_ROW = 16 * 1024;

  private Compaction() {}

  /** True if a step would find something. */
  public static boolean pending(ReadView view) {
    return view.counter(Counter.COMPACTION_DONE) < view.counter(Counter.COMPACTED);
  }

  /** Moves the compacted revision. Refuses COMPACTED and FUTURE_REVISION. */
  static CompactResponse compact(ApplyContext context, CompactRequest request) {
    Batch batch = context.batch();
    long asked = request.getRevision();
    long compacted = batch.counter(Counter.COMPACTED);
    if (asked <= compacted) {
      throw new Refusal(
          ErrorCode.COMPACTED,
          "revision " + asked + " has been compacted, as all up to " + compacted,
          compacted + 1,
          asked);
    }
    long current = batch.counter(Counter.REVISION);
    if (asked > current) {
      throw new Refusal(
          ErrorCode.FUTURE_REVISION,
          "revision " + asked + " is a future revision, the store is at " + current,
          current,
          asked);
    }
    batch.setCounter(Counter.COMPACTED, asked);
    return CompactResponse.getDefaultInstance();
  }

  /**
   * Removes compacted rows, up to {@code rowsMax}, a large one counted as several, and what the
   * last change looked at takes with it.
   *
   * @return rows removed, so counted
   */
  public static int step(ApplyContext context, int rowsMax) {
    Batch batch = context.batch();
    if (rowsMax < 1 || !pending(batch)) {
      return 0;
    }
    long target = batch.counter(Counter.COMPACTED);
    // With their values, each once: what is removed twice would leave the digest twice.
    Map<byte[], byte[]> removed = new TreeMap<>(Arrays::compareUnsigned);
    Map<byte[], byte[]> removedHistory = new TreeMap<>(Arrays::compareUnsigned);
    int weight = 0;
    long begin = batch.counter(Counter.COMPACTION_DONE);
    long done = target;
    byte[] from = KeyLayout.revision(begin, 0);
    try (Cursor cursor =
        batch.ascend(ColumnFamily.KV_REVISION, from, KeyLayout.revision(target + 1, 0))) {
      while (cursor.next()) {
        long revision = KeyLayout.readLong(cursor.key(), 0);
        if (weight >= rowsMax) {
          done = Math.max(begin, revision - 1);
          break;
        }
        RevisionRow change = KvRows.parseRevision(cursor.value());
        byte[] key = change.getKey().toByteArray();
        byte[] previous = KeyLayout.history(key, change.getPreviousRevision());
        // At the target an earlier step may have been here.
        byte[] version = batch.get(ColumnFamily.KV_HISTORY, previous);
        if (version != null) {
          removedHistory.put(previous, version);
          weight += 1 + version.length / BYTES_PER_ROW;
        }
        if (revision < target) {
          removed.put(cursor.key(), cursor.value());
          weight++;
          if (change.getDeleted()) {
            weight++;
            byte[] tombstone = KeyLayout.history(key, revision);
            Optional.ofNullable(batch.get(ColumnFamily.KV_HISTORY, tombstone))
                .ifPresent(value -> removedHistory.put(tombstone, value));
          }
        }
      }
    }
    removed.forEach((row, value) -> batch.remove(ColumnFamily.KV_REVISION, row, value));
    removedHistory.forEach((row, value) -> batch.remove(ColumnFamily.KV_HISTORY, row, value));
    batch.setCounter(Counter.COMPACTION_DONE, done);
    return weight;
  }
}
