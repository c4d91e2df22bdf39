package io.cairn.core.engine;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.SessionTable;
import io.cairn.core.job.JobGarbage;
import io.cairn.core.kv.Compaction;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.task.TaskGarbage;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.HousekeepResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes in bounded steps what nobody can ask for any more: compacted history, outcomes of ended
 * sessions, what is left of ended leases, deleted tasks and jobs. A step is a command like any
 * other, so that all replicas do the same (I2, I7).
 */
public final class Housekeeping {
  private final SessionTable sessions;
  private final LeaseTable leases;

  Housekeeping(SessionTable sessions, LeaseTable leases) {
    this.sessions = sessions;
    this.leases = leases;
  }

  /** True if a step would find something. */
  public static boolean pending(ReadView view) {
    if (Compaction.pending(view)) {
      return true;
    }
    try (Cursor cursor = view.ascend(ColumnFamily.GARBAGE, new byte[0], null)) {
      return cursor.next();
    }
  }

  /** Removes up to about {@code rowsMax} rows. */
  HousekeepResponse step(ApplyContext context, int rowsMax) {
    int budget = Math.max(1, Math.min(rowsMax, Limits.DELETE_KEYS_MAX));
    // Garbage first, and of it ended leases: what is left of them can still be read.
    boolean both = budget > 1 && Compaction.pending(context.batch());
    int rows = collect(context, both ? budget / 2 : budget);
    rows += Compaction.step(context, budget - rows);
    return HousekeepResponse.newBuilder().setRows(rows).setMore(pending(context.batch())).build();
  }

  private int collect(ApplyContext context, int budget) {
    int rows = 0;
    for (byte[] item : garbage(context.batch())) {
      if (rows >= budget) {
        break;
      }
      int left = budget - rows;
      long id = KeyLayout.readLong(item, 1);
      if (item[0] == KeyLayout.GARBAGE_LEASE) {
        LeaseTable.Ended ended = leases.endItems(context, id, left, Limits.BATCH_BYTES);
        rows += ended.rows();
        if (ended.more()) {
          break;
        }
        context.batch().delete(ColumnFamily.GARBAGE, item);
        continue;
      }
      int removed =
          switch (item[0]) {
            case KeyLayout.GARBAGE_SESSION -> sessions.collect(context, id, left);
            case KeyLayout.GARBAGE_TASK -> TaskGarbage.collect(context, id, left);
            case KeyLayout.GARBAGE_JOB -> JobGarbage.collect(context, id, left);
            default -> throw new UnknownEntryException("garbage of unknown kind " + item[0]);
          };
      rows += removed;
      if (removed < left) {
        context.batch().delete(ColumnFamily.GARBAGE, item);
      }
    }
    return rows;
  }

  private static List<byte[]> garbage(Batch batch) {
    List<byte[]> items = new ArrayList<>();
    try (Cursor cursor = batch.ascend(ColumnFamily.GARBAGE, new byte[0], null)) {
      while (items.size() < Limits.EXPIRE_ITEMS_MAX && cursor.next()) {
        items.add(cursor.key());
      }
    }
    return items;
  }
}
