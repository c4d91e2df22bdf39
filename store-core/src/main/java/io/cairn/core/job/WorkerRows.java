package io.cairn.core.job;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.WorkerReportRow;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Worker;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Rows of workers, decoded. */
final class WorkerRows {
  private WorkerRows() {}

  static Optional<WorkerRow> find(ReadView view, String id) {
    byte[] bytes = view.get(ColumnFamily.WORKER, KeyLayout.worker(id));
    return bytes == null ? Optional.empty() : Optional.of(worker(bytes));
  }

  /** Refuses WORKER_NOT_FOUND, and FENCED for a registration that another one has replaced. */
  static WorkerRow require(ReadView view, String id, long epoch) {
    Checks.name("worker id", id, false);
    WorkerRow row =
        find(view, id)
            .orElseThrow(() -> new Refusal(ErrorCode.WORKER_NOT_FOUND, "no worker \"" + id + "\""));
    long present = row.getWorker().getEpoch();
    if (epoch != present) {
      throw new Refusal(
          ErrorCode.FENCED,
          "epoch "
              + epoch
              + " of worker \""
              + id
              + "\" is over: it is registered under epoch "
              + present,
          present,
          epoch);
    }
    return row;
  }

  /** What the worker reported last; empty if it never did. */
  static WorkerReportRow report(ReadView view, String id) {
    byte[] bytes = view.get(ColumnFamily.WORKER_REPORT, KeyLayout.worker(id));
    try {
      return bytes == null
          ? WorkerReportRow.getDefaultInstance()
          : WorkerReportRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("the report of worker " + id + " is damaged", e);
    }
  }

  static WorkerRow worker(byte[] bytes) {
    try {
      return WorkerRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("the row of a worker is damaged", e);
    }
  }

  /** The worker that a lease keeps; empty: none. */
  static Optional<String> onLease(ReadView view, long lease) {
    byte[] from = KeyLayout.leaseItem(lease, KeyLayout.ITEM_WORKER, new byte[0]);
    try (Cursor cursor = view.ascend(ColumnFamily.LEASE_ITEM, from, KeyLayout.prefixEnd(from))) {
      return cursor.next()
          ? Optional.of(new String(KeyLayout.nameOfLeaseItem(cursor.key()), StandardCharsets.UTF_8))
          : Optional.empty();
    }
  }

  static byte[] sweepKey(long millis, Worker worker) {
    return KeyLayout.deadline(millis, KeyLayout.DEADLINE_WORKER_SWEEP, worker.getLease());
  }
}
