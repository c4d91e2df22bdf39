package io.cairn.core.kv;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.StateDigest.RowHash;
import io.cairn.core.storage.v1.RevisionRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.CompactResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives up history. A compact command only moves the compacted revision C, below which nothing may
 * be read; housekeeping removes the rows in bounded steps, in the order of revisions.
 *
 * <p>A change at revision r up to C takes the version it replaced with it: no read at C or above
 * sees that version. Below C its tombstone and its own row go too. The changes at C stay, as a
 * watch may start there, until a later compaction. COMPACTION_DONE is a revision below which no
 * change is left and at which the next step begins; when it has reached C all is done.
 *
 * <p>Versions are not read for it: a change knows what the version it replaced adds to the digest.
 */
public final class Compaction {
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
   * Removes compacted rows, up to {@code rowsMax} and what the last change looked at takes with it.
   *
   * @return rows removed
   */
  public static int step(ApplyContext context, int rowsMax) {
    Batch batch = context.batch();
    if (rowsMax < 1 || !pending(batch)) {
      return 0;
    }
    long target = batch.counter(Counter.COMPACTED);
    long begin = batch.counter(Counter.COMPACTION_DONE);
    long done = target;
    List<Change> changes = new ArrayList<>();
    int rows = 0;
    byte[] from = KeyLayout.revision(begin, 0);
    try (Cursor cursor =
        batch.ascend(ColumnFamily.KV_REVISION, from, KeyLayout.revision(target + 1, 0))) {
      while (cursor.next()) {
        long revision = KeyLayout.readLong(cursor.key(), 0);
        if (rows >= rowsMax) {
          done = Math.max(begin, revision - 1);
          break;
        }
        // An earlier step may have been here: at the target, which keeps its changes, or at the one
        // of an earlier compaction, which it may have left half done one above where it came to.
        boolean again = revision == target || revision <= begin + 1;
        Change change = new Change(batch, revision, cursor, again);
        if (change.rows(target) > 0) {
          changes.add(change);
          rows += change.rows(target);
        }
      }
    }
    changes.forEach(change -> change.remove(batch, target));
    batch.setCounter(Counter.COMPACTION_DONE, done);
    return rows;
  }

  /** A row of KV_REVISION, and what goes with it. */
  private static final class Change {
    private final long revision;
    private final byte[] key;
    private final byte[] value;
    private final RevisionRow row;
    private final byte @Nullable [] previous;

    /**
     * The change at the cursor; {@code again}: the version it replaced may have been removed
     * before.
     */
    Change(Batch batch, long revision, Cursor cursor, boolean again) {
      this.revision = revision;
      this.key = cursor.key();
      this.value = cursor.value();
      this.row = KvRows.parseRevision(value);
      byte[] history = KeyLayout.version(row.getKey().toByteArray(), row.getPreviousRevision());
      boolean there =
          row.getPreviousRevision() != 0
              && (!again || batch.get(ColumnFamily.KV_VERSION, history) != null);
      this.previous = there ? history : null;
    }

    /** How many rows go. */
    int rows(long target) {
      int own = row.getDeleted() ? 2 : 1;
      return (previous == null ? 0 : 1) + (revision < target ? own : 0);
    }

    void remove(Batch batch, long target) {
      if (previous != null) {
        RowHash hash = new RowHash(row.getPreviousHashLow(), row.getPreviousHashHigh());
        batch.removeUnread(ColumnFamily.KV_VERSION, previous, hash);
      }
      if (revision >= target) {
        return;
      }
      batch.remove(ColumnFamily.KV_REVISION, key, value);
      if (row.getDeleted()) {
        byte[] tombstone = KeyLayout.version(row.getKey().toByteArray(), revision);
        batch.remove(ColumnFamily.KV_VERSION, tombstone, KvRows.tombstone(revision));
      }
    }
  }
}
