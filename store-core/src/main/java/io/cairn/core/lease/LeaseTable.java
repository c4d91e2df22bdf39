package io.cairn.core.lease;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.LeaseRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.LeaseGrantResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Leases: a time to live in log time, and what hangs on it. A lease ends only when an Expire or
 * revoke is applied (I10).
 *
 * <p>The row in {@link ColumnFamily#DEADLINE} says when to look again; it is not moved by a renewal
 * but when it is due, so that a heartbeat writes one row. A lease with more things on it than one
 * command may end, in number or bytes, is ended in steps: the rest is left to housekeeping, and the
 * lease itself is gone at once. What is left is still seen meanwhile; all at once ends what is
 * within {@link Limits#DELETE_KEYS_MAX} and {@link Limits#DELETE_BYTES_MAX}.
 */
public final class LeaseTable {
  private final Map<Byte, LeaseHolder> holders;

  /** A table that tells {@code holders}, by item kind, what has ended. */
  public LeaseTable(Map<Byte, LeaseHolder> holders) {
    this.holders = Map.copyOf(holders);
  }

  /** Grants a lease. Refuses LEASE_EXISTS for an id in use. */
  public LeaseGrantResponse grant(ApplyContext context, LeaseGrantRequest request) {
    long ttl = request.getTtlMillis();
    if (ttl < Limits.LEASE_TTL_MILLIS_MIN || ttl > Limits.LEASE_TTL_MILLIS_MAX) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "lease time to live of "
              + ttl
              + " ms, allowed are "
              + Limits.LEASE_TTL_MILLIS_MIN
              + " to "
              + Limits.LEASE_TTL_MILLIS_MAX);
    }
    if (request.getId() < 0) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "lease id " + request.getId() + " is negative");
    }
    long id = request.getId() == 0 ? context.commandId() : request.getId();
    Batch batch = context.batch();
    if (find(batch, id).isPresent() || batch.get(ColumnFamily.GARBAGE, garbage(id)) != null) {
      throw new Refusal(ErrorCode.LEASE_EXISTS, "lease " + id + " exists");
    }
    long deadline = context.logTimeMillis() + ttl;
    LeaseRow row =
        LeaseRow.newBuilder()
            .setTtlMillis(ttl)
            .setRenewTimeMillis(context.logTimeMillis())
            .setCheckDeadlineMillis(deadline)
            .build();
    batch.insert(ColumnFamily.LEASE, KeyLayout.id(id), row.toByteArray());
    batch.insert(ColumnFamily.DEADLINE, deadlineKey(deadline, id), new byte[0]);
    batch.addToCounter(Counter.LEASES, 1);
    return LeaseGrantResponse.newBuilder().setId(id).setTtlMillis(ttl).build();
  }

  /** Ends a lease now. Refuses LEASE_NOT_FOUND. */
  public void revoke(ApplyContext context, long id) {
    LeaseRow row = require(context.batch(), id);
    end(context, id, row);
  }

  /** Ends a lease that is there; what hangs on it is left to housekeeping. */
  public static void endLater(ApplyContext context, long id) {
    Batch batch = context.batch();
    takeAway(batch, id, require(batch, id));
    List<byte[]> items = new ArrayList<>();
    list(batch, KeyLayout.id(id), KeyLayout.prefixEnd(KeyLayout.id(id)), 1, items);
    if (!items.isEmpty()) {
      batch.insert(ColumnFamily.GARBAGE, garbage(id), new byte[0]);
    }
  }

  /** Starts the lease's time to live anew; false if it is gone. */
  public static boolean renew(ApplyContext context, long id) {
    Optional<LeaseRow> found = find(context.batch(), id);
    if (found.isEmpty()) {
      return false;
    }
    LeaseRow row = found.get();
    if (row.getRenewTimeMillis() != context.logTimeMillis()) {
      LeaseRow renewed = row.toBuilder().setRenewTimeMillis(context.logTimeMillis()).build();
      context
          .batch()
          .replace(ColumnFamily.LEASE, KeyLayout.id(id), row.toByteArray(), renewed.toByteArray());
    }
    return true;
  }

  /** Hangs a name on a lease that exists. */
  public static void attach(ApplyContext context, long lease, byte kind, byte[] name) {
    assert find(context.batch(), lease).isPresent() : "no lease " + lease;
    context
        .batch()
        .put(ColumnFamily.LEASE_ITEM, KeyLayout.leaseItem(lease, kind, name), new byte[0]);
  }

  /** Takes a name off a lease. */
  public static void detach(ApplyContext context, long lease, byte kind, byte[] name) {
    context.batch().delete(ColumnFamily.LEASE_ITEM, KeyLayout.leaseItem(lease, kind, name));
  }

  /**
   * Ends the lease if it is due in log time, else moves its deadline row to where it belongs. The
   * proposer found it due, but a renewal may have come before it in the log, and wins.
   *
   * @param listedMillis the deadline row's time, from the proposal
   */
  public void expire(ApplyContext context, long id, long listedMillis) {
    Batch batch = context.batch();
    Optional<LeaseRow> found = find(batch, id);
    if (found.isEmpty() || found.get().getCheckDeadlineMillis() != listedMillis) {
      return; // ended, or moved, by a command before this one
    }
    LeaseRow row = found.get();
    long deadline = deadlineMillis(batch, row);
    if (deadline <= context.logTimeMillis()) {
      if (context.effectBytes() >= Limits.DELETE_BYTES_MAX) {
        return; // enough for one command: its deadline row stays, and the next Expire finds it
      }
      end(context, id, row);
      return;
    }
    LeaseRow moved = row.toBuilder().setCheckDeadlineMillis(deadline).build();
    batch.delete(ColumnFamily.DEADLINE, deadlineKey(listedMillis, id));
    batch.put(ColumnFamily.DEADLINE, deadlineKey(deadline, id), new byte[0]);
    batch.put(ColumnFamily.LEASE, KeyLayout.id(id), moved.toByteArray());
  }

  /**
   * What of an ended lease's things was ended.
   *
   * @param rows number of things
   * @param more true if some may be left
   */
  public record Ended(int rows, boolean more) {}

  /**
   * Ends up to {@code rowsMax} of the things that hang on an ended lease, and none any more once
   * the command has had effects of {@code bytesMax}: one thing may be a key with a value of {@link
   * Limits#VALUE_BYTES_MAX}.
   */
  public Ended endItems(ApplyContext context, long id, int rowsMax, long bytesMax) {
    Batch batch = context.batch();
    List<byte[]> items = new ArrayList<>();
    // A worker comes first: it ends its tasks, and must get no other while the rest is ended.
    byte[] workers = KeyLayout.leaseItem(id, KeyLayout.ITEM_WORKER, new byte[0]);
    list(batch, workers, KeyLayout.prefixEnd(workers), rowsMax, items);
    list(batch, KeyLayout.id(id), workers, rowsMax, items);
    int ended = 0;
    for (byte[] item : items) {
      if (context.effectBytes() >= bytesMax) {
        return new Ended(ended, true);
      }
      batch.delete(ColumnFamily.LEASE_ITEM, item);
      holder(item[Long.BYTES]).leaseEnded(context, id, KeyLayout.nameOfLeaseItem(item));
      ended++;
    }
    return new Ended(ended, ended == rowsMax);
  }

  /** The lease's row. */
  public static Optional<LeaseRow> find(ReadView view, long id) {
    byte[] bytes = id <= 0 ? null : view.get(ColumnFamily.LEASE, KeyLayout.id(id));
    try {
      return bytes == null ? Optional.empty() : Optional.of(LeaseRow.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("row of lease " + id + " is damaged", e);
    }
  }

  /** The lease's row; refuses LEASE_NOT_FOUND. */
  public static LeaseRow require(ReadView view, long id) {
    return find(view, id)
        .orElseThrow(() -> new Refusal(ErrorCode.LEASE_NOT_FOUND, "no lease " + id));
  }

  /** Log time at which the lease is due, the floor of the newest leader start regarded (I10). */
  public static long deadlineMillis(ReadView view, LeaseRow row) {
    return Math.max(row.getRenewTimeMillis(), view.counter(Counter.FLOOR)) + row.getTtlMillis();
  }

  private void end(ApplyContext context, long id, LeaseRow row) {
    takeAway(context.batch(), id, row);
    if (endItems(context, id, Limits.DELETE_KEYS_MAX, Limits.DELETE_BYTES_MAX).more()) {
      context.batch().insert(ColumnFamily.GARBAGE, garbage(id), new byte[0]);
    }
  }

  private static void takeAway(Batch batch, long id, LeaseRow row) {
    batch.delete(ColumnFamily.DEADLINE, deadlineKey(row.getCheckDeadlineMillis(), id));
    batch.delete(ColumnFamily.LEASE, KeyLayout.id(id));
    batch.addToCounter(Counter.LEASES, -1);
  }

  private static void list(
      Batch batch, byte[] from, byte @Nullable [] to, int max, List<byte[]> items) {
    try (Cursor cursor = batch.ascend(ColumnFamily.LEASE_ITEM, from, to)) {
      while (items.size() < max && cursor.next()) {
        items.add(cursor.key());
      }
    }
  }

  private LeaseHolder holder(byte kind) {
    LeaseHolder holder = holders.get(kind);
    if (holder == null) {
      throw new IllegalStateException("lease item of unknown kind " + kind);
    }
    return holder;
  }

  private static byte[] garbage(long id) {
    return KeyLayout.garbage(KeyLayout.GARBAGE_LEASE, id);
  }

  private static byte[] deadlineKey(long millis, long id) {
    return KeyLayout.deadline(millis, KeyLayout.DEADLINE_LEASE, id);
  }
}
