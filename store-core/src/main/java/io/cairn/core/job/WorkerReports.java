package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.ProgressRow;
import io.cairn.core.storage.v1.WorkerReportRow;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.TaskHold;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskProgress;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.WorkerHealth;
import io.cairn.protocol.v1.WorkerLoad;
import io.cairn.protocol.v1.WorkerReportRequest;
import io.cairn.protocol.v1.WorkerReportResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What workers tell of their load and of their tasks' progress. The row that keeps it is rewritten
 * with each report, apart from the registration, which is not. Applying thread only.
 */
final class WorkerReports {
  private final Workspace workspace;
  private final WorkerTable workers;

  WorkerReports(Workspace workspace, WorkerTable workers) {
    this.workspace = workspace;
    this.workers = workers;
  }

  /** Renews the worker's lease, judges its load, and says which of its tasks it has lost. */
  WorkerReportResponse report(ApplyContext context, WorkerReportRequest request) {
    Batch batch = context.batch();
    Checks.size("tasks of a report", request.getTasksCount(), Limits.RENEW_ITEMS_MAX);
    WorkerRow row = WorkerRows.require(batch, request.getId(), request.getEpoch());
    LeaseTable.renew(context, row.getWorker().getLease());
    Map<TaskName, ProgressRow> before = new HashMap<>();
    WorkerReportRow last = WorkerRows.report(batch, request.getId());
    boolean reconnected =
        request.getLoad().getConnectionsLost() > last.getLoad().getConnectionsLost();
    for (ProgressRow known : last.getTasksList()) {
      before.put(known.getProgress().getName(), known);
    }
    WorkerReportResponse.Builder response = WorkerReportResponse.newBuilder();
    WorkerReportRow.Builder kept =
        WorkerReportRow.newBuilder()
            .setLoad(request.getLoad())
            .setTimeMillis(context.logTimeMillis());
    Set<Long> jobs = new HashSet<>();
    Set<TaskName> seen = new HashSet<>();
    for (TaskProgress progress : request.getTasksList()) {
      Optional<TaskEdit> held = held(batch, progress, row.getWorker().getLease());
      if (held.isEmpty()) {
        response.addLost(
            TaskHold.newBuilder().setName(progress.getName()).setEpoch(progress.getEpoch()));
      } else if (seen.add(progress.getName())) {
        jobs.add(held.get().task().getJob().getId());
        ProgressRow then = before.get(progress.getName());
        if (reconnected && then != null && sameAttempt(then, progress)) {
          DispatchedTasks.reconnected(context, held.get());
        }
        kept.addTasks(noted(context, held.get(), progress, then));
      }
    }
    batch.put(
        ColumnFamily.WORKER_REPORT, KeyLayout.worker(request.getId()), kept.build().toByteArray());
    WorkerRow judged = judge(context, request, jobs);
    return response.setHealth(judged.getWorker().getHealth()).build();
  }

  /** The task, if the worker on this lease owns it under the epoch that it names. */
  private static Optional<TaskEdit> held(Batch batch, TaskProgress progress, long lease) {
    TaskName name = progress.getName();
    return TaskEdit.find(batch, KeyLayout.task(name.getNamespace(), name.getName()))
        .filter(edit -> edit.holds(progress.getEpoch()))
        .filter(edit -> edit.ofJob() && edit.task().getLease() == lease);
  }

  private static boolean sameAttempt(ProgressRow before, TaskProgress progress) {
    return before.getProgress().getEpoch() == progress.getEpoch();
  }

  /** The progress as it is kept; a task that stood still and goes on is no longer suspect. */
  private ProgressRow noted(
      ApplyContext context, TaskEdit edit, TaskProgress progress, @Nullable ProgressRow before) {
    boolean same =
        before != null
            && sameAttempt(before, progress)
            && before.getProgress().getProgress() >= progress.getProgress();
    if (!same && edit.task().getState() == TaskState.SUSPECT) {
      DispatchedTasks.relieve(context, edit);
      Detection detection =
          workspace
              .stored()
              .get(context.batch(), edit.task().getJob().getId())
              .spec()
              .getDetection();
      workers.lookBy(context, edit, WorkerSweep.lookAfterStart(context.logTimeMillis(), detection));
    }
    return ProgressRow.newBuilder()
        .setProgress(progress)
        .setChangeTimeMillis(
            before != null && same ? before.getChangeTimeMillis() : context.logTimeMillis())
        .build();
  }

  private WorkerRow judge(ApplyContext context, WorkerReportRequest request, Set<Long> jobs) {
    WorkerRow row = WorkerRows.require(context.batch(), request.getId(), request.getEpoch());
    WorkerLoad load = request.getLoad();
    if (row.getWorker().getHealth() == WorkerHealth.DRAINING) {
      return row;
    }
    int heap = 0;
    int gc = 0;
    int cpu = 0;
    for (long id : jobs) {
      Detection detection = workspace.stored().get(context.batch(), id).spec().getDetection();
      heap = strictest(heap, detection.getHeapPercentMax());
      gc = strictest(gc, detection.getGcPercentMax());
      cpu = strictest(cpu, detection.getCpuPercentMax());
    }
    String reason =
        over("heap", load.getHeapPercent(), heap)
            + over("collection", load.getGcPercent(), gc)
            + over("processors", load.getCpuPercent(), cpu);
    return workers.health(
        context,
        row,
        reason.isEmpty() ? WorkerHealth.HEALTHY : WorkerHealth.STRAINED,
        reason.strip());
  }

  /** The lower of two thresholds, of which 0 is none. */
  private static int strictest(int one, int other) {
    return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
  }

  private static String over(String what, int percent, int max) {
    return max > 0 && percent > max ? " " + what + " over " + max + " %" : "";
  }
}
