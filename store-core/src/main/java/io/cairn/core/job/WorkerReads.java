package io.cairn.core.job;

import io.cairn.core.apply.Checks;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.LeaseRow;
import io.cairn.core.storage.v1.ProgressRow;
import io.cairn.core.storage.v1.WorkerReportRow;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerListRequest;
import io.cairn.protocol.v1.WorkerListResponse;
import io.cairn.protocol.v1.WorkerTasksRequest;
import io.cairn.protocol.v1.WorkerTasksResponse;
import java.util.Arrays;

/** Answers what is asked about workers, over a view. Any thread. */
final class WorkerReads {
  /** Tasks of workers that one page counts. */
  private static final int COUNTED_MAX = 10 * Limits.PAGE_ROWS_MAX;

  private WorkerReads() {}

  /** Workers in the order of their ids. */
  static WorkerListResponse list(ReadView view, WorkerListRequest request) {
    Checks.name("worker id to go on after", request.getAfter(), true);
    byte[] after = KeyLayout.worker(request.getAfter());
    byte[] from = after.length == 0 ? after : Arrays.copyOf(after, after.length + 1);
    int limit = rows(request.getLimit());
    long bytes = 0;
    long counted = 0;
    WorkerListResponse.Builder response = WorkerListResponse.newBuilder();
    try (Cursor cursor = view.ascend(ColumnFamily.WORKER, from, null)) {
      while (cursor.next()) {
        if (response.getWorkersCount() == limit
            || bytes >= Limits.ANSWER_BYTES_MAX / 2
            || counted >= COUNTED_MAX) {
          return response.setMore(true).build();
        }
        Worker worker = worker(view, WorkerRows.worker(cursor.value()));
        bytes += worker.getSerializedSize();
        counted += worker.getRunning();
        response.addWorkers(worker);
      }
    }
    return response.build();
  }

  /** What a worker has been given. Refuses WORKER_NOT_FOUND and FENCED. */
  static WorkerTasksResponse tasks(ReadView view, WorkerTasksRequest request) {
    WorkerRow row = WorkerRows.require(view, request.getId(), request.getEpoch());
    WorkerTasksResponse.Builder response = WorkerTasksResponse.newBuilder();
    for (TaskEdit edit : DispatchedTasks.onLease(view, row.getWorker().getLease())) {
      response.addTasks(brief(edit.task()));
    }
    for (ProgressRow known : WorkerRows.report(view, request.getId()).getTasksList()) {
      response.addProgress(known.getProgress());
    }
    return response.build();
  }

  /** What tells the task apart and where it is: so that those of the largest worker fit. */
  private static Task brief(Task.Builder task) {
    return task.clearSpec().clearFault().clearStats().clearPlan().build();
  }

  static int rows(int limit) {
    return limit <= 0 ? Limits.PAGE_ROWS_MAX : Math.min(limit, Limits.PAGE_ROWS_MAX);
  }

  private static Worker worker(ReadView view, WorkerRow row) {
    WorkerReportRow report = WorkerRows.report(view, row.getWorker().getId());
    long heard =
        LeaseTable.find(view, row.getWorker().getLease())
            .map(LeaseRow::getRenewTimeMillis)
            .orElse(0L);
    return row.getWorker().toBuilder()
        .setRunning(DispatchedTasks.count(view, row.getWorker().getLease()))
        .setLoad(report.getLoad())
        .setReportTimeMillis(report.getTimeMillis() > 0 ? report.getTimeMillis() : heard)
        .build();
  }
}
