package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskEndings;
import io.cairn.core.task.TaskHistory;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerDrainRequest;
import io.cairn.protocol.v1.WorkerHealth;
import io.cairn.protocol.v1.WorkerLeaveRequest;
import io.cairn.protocol.v1.WorkerRegisterRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The workers: who they are, and how they come and go. A worker hangs on one lease, and so do all
 * tasks that it has. Applying thread only.
 */
final class WorkerTable {
  private final Workspace workspace;
  private final TaskEndings endings;
  private final Standbys standbys;

  WorkerTable(JobPlane.Parts parts) {
    this.workspace = parts.workspace();
    this.endings = parts.endings();
    this.standbys = parts.standbys();
  }

  /** Takes the id; who had it is fenced, and what it ran is dispatched again. */
  Worker register(ApplyContext context, WorkerRegisterRequest request) {
    check(request);
    Batch batch = context.batch();
    LeaseTable.require(batch, request.getLease());
    Optional<String> keeps = WorkerRows.onLease(batch, request.getLease());
    if (keeps.isPresent() && !keeps.get().equals(request.getId())) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "lease " + request.getLease() + " keeps worker \"" + keeps.get() + "\"");
    }
    Optional<WorkerRow> older = WorkerRows.find(batch, request.getId());
    if (older.isEmpty() && batch.counter(Counter.WORKERS) >= Limits.WORKERS_MAX) {
      throw new Refusal(
          ErrorCode.TOO_MANY, Limits.WORKERS_MAX + " workers are registered, and no more may be");
    }
    older.ifPresent(row -> replaced(context, row, request.getLease()));
    Worker worker =
        Worker.newBuilder()
            .setId(request.getId())
            .setNode(request.getNode().isEmpty() ? request.getId() : request.getNode())
            .setEpoch(batch.addToCounter(Counter.EPOCH, 1))
            .setLease(request.getLease())
            .setCapacity(request.getCapacity())
            .addAllHandlers(request.getHandlersList())
            .setSpare(request.getSpare())
            .setHealth(WorkerHealth.HEALTHY)
            .setRegisterTimeMillis(context.logTimeMillis())
            .addAllLabels(request.getLabelsList())
            .build();
    byte[] key = KeyLayout.worker(worker.getId());
    WorkerRow row = WorkerRow.newBuilder().setWorker(worker).build();
    batch.insert(ColumnFamily.WORKER, key, row.toByteArray());
    batch.addToCounter(Counter.WORKERS, 1);
    LeaseTable.attach(context, worker.getLease(), KeyLayout.ITEM_WORKER, key);
    workspace.board().seat(worker, 0, 0);
    workspace.touch();
    return worker;
  }

  /** Gets no more tasks. */
  Worker drain(ApplyContext context, WorkerDrainRequest request) {
    WorkerRow row = WorkerRows.require(context.batch(), request.getId(), request.getEpoch());
    return health(context, row, WorkerHealth.DRAINING, "it is about to leave").getWorker();
  }

  /** Is gone by its own will: what it still has is no fault, and is dispatched again. */
  Worker leave(ApplyContext context, WorkerLeaveRequest request) {
    WorkerRow row = WorkerRows.require(context.batch(), request.getId(), request.getEpoch());
    remove(context, row)
        .forEach(edit -> endings.takeBack(context, edit, TaskHistory.Kind.RELEASED));
    return row.getWorker();
  }

  /** The worker's lease has ended. */
  void leaseEnded(ApplyContext context, long lease, byte[] key) {
    WorkerRows.find(context.batch(), new String(key, StandardCharsets.UTF_8))
        .filter(row -> row.getWorker().getLease() == lease)
        .ifPresent(row -> lose(context, row, "its worker's lease has ended"));
  }

  /** Changes a worker's health, if it is another; returns the row as it is then. */
  WorkerRow health(ApplyContext context, WorkerRow row, WorkerHealth health, String reason) {
    Worker worker = row.getWorker();
    if (worker.getHealth() == health && worker.getReason().equals(reason)) {
      return row;
    }
    WorkerRow changed =
        row.toBuilder().setWorker(worker.toBuilder().setHealth(health).setReason(reason)).build();
    replace(context, row, changed);
    if (health != WorkerHealth.HEALTHY) {
      standbys.leave(context, worker.getId());
    }
    workspace.board().health(worker.getId(), health);
    workspace.touch();
    return changed;
  }

  /**
   * Thresholds of load are those of the jobs whose tasks a worker has: without any it is strained
   * no more. It may not report again before it gets one.
   */
  void relieveIdle(ApplyContext context) {
    for (String id : workspace.freed()) {
      boolean idle = workspace.board().seat(id).filter(Seat::isIdle).isPresent();
      Optional<WorkerRow> row =
          idle ? WorkerRows.find(context.batch(), id) : Optional.<WorkerRow>empty();
      row.filter(WorkerTable::isStrainedByLoad)
          .ifPresent(strained -> health(context, strained, WorkerHealth.HEALTHY, ""));
    }
  }

  private static boolean isStrainedByLoad(WorkerRow row) {
    Worker worker = row.getWorker();
    return worker.getHealth() == WorkerHealth.STRAINED
        && !worker.getReason().equals(WorkerSweep.SILENT);
  }

  /** Sees to it that a live task is looked at by then. */
  void lookBy(ApplyContext context, TaskEdit edit, long millis) {
    lookBy(context, workspace.board().seat(edit.task().getOwner()).orElseThrow(), millis);
  }

  /** Sees to it that the worker's tasks are looked at by then. */
  void lookBy(ApplyContext context, Seat seat, long millis) {
    if (seat.sweepMillis() == 0 || seat.sweepMillis() > millis) {
      WorkerRow row = WorkerRows.find(context.batch(), seat.id()).orElseThrow();
      lookAt(context, row, millis);
    }
  }

  /** Moves the row that says when the worker's tasks are looked at; 0: not before it has some. */
  void lookAt(ApplyContext context, WorkerRow row, long millis) {
    if (row.getSweepMillis() == millis) {
      return;
    }
    Worker worker = row.getWorker();
    Batch batch = context.batch();
    if (row.getSweepMillis() > 0) {
      batch.delete(ColumnFamily.DEADLINE, WorkerRows.sweepKey(row.getSweepMillis(), worker));
    }
    if (millis > 0) {
      batch.put(
          ColumnFamily.DEADLINE,
          WorkerRows.sweepKey(millis, worker),
          KeyLayout.worker(worker.getId()));
    }
    replace(context, row, row.toBuilder().setSweepMillis(millis).build());
    workspace.board().seat(worker.getId()).orElseThrow().sweepMillis(millis);
  }

  /** Its lease ends, too, if it is another: an idle worker hears of nothing but that. */
  private void replaced(ApplyContext context, WorkerRow row, long leaseOfNewer) {
    lose(context, row, "its worker's id was taken by a newer one");
    if (row.getWorker().getLease() != leaseOfNewer) {
      LeaseTable.endLater(context, row.getWorker().getLease());
    }
  }

  private void lose(ApplyContext context, WorkerRow row, String message) {
    remove(context, row)
        .forEach(
            edit ->
                endings.fault(
                    context, edit, TaskHistory.Kind.LOST, Faults.processLost(edit, message)));
  }

  /** Takes the worker away, and returns the tasks it has, which are still to be ended. */
  private List<TaskEdit> remove(ApplyContext context, WorkerRow row) {
    workspace.touch();
    Worker worker = row.getWorker();
    Batch batch = context.batch();
    byte[] key = KeyLayout.worker(worker.getId());
    standbys.leave(context, worker.getId());
    workspace.board().unseat(worker.getId());
    if (row.getSweepMillis() > 0) {
      batch.delete(ColumnFamily.DEADLINE, WorkerRows.sweepKey(row.getSweepMillis(), worker));
    }
    batch.delete(ColumnFamily.WORKER, key);
    batch.delete(ColumnFamily.WORKER_REPORT, key);
    batch.addToCounter(Counter.WORKERS, -1);
    LeaseTable.detach(context, worker.getLease(), KeyLayout.ITEM_WORKER, key);
    List<TaskEdit> tasks = DispatchedTasks.onLease(batch, worker.getLease());
    workspace.looked(tasks.size() + 1);
    return tasks;
  }

  private static void replace(ApplyContext context, WorkerRow before, WorkerRow after) {
    context
        .batch()
        .replace(
            ColumnFamily.WORKER,
            KeyLayout.worker(after.getWorker().getId()),
            before.toByteArray(),
            after.toByteArray());
  }

  private static void check(WorkerRegisterRequest request) {
    Checks.name("worker id", request.getId(), false);
    Checks.name("node", request.getNode(), true);
    if (request.getCapacity() < 1) {
      throw JobShape.invalid(
          "a capacity of " + request.getCapacity() + " tasks, at least 1 is needed");
    }
    Checks.size("capacity", request.getCapacity(), Limits.WORKER_CAPACITY_MAX);
    if (request.getHandlersCount() == 0) {
      throw JobShape.invalid("a worker without handlers");
    }
    Checks.size("handlers", request.getHandlersCount(), Limits.HANDLERS_MAX);
    Set<String> handlers = new HashSet<>();
    for (String handler : request.getHandlersList()) {
      Checks.name("handler", handler, false);
      if (!handlers.add(handler)) {
        throw JobShape.invalid("handler \"" + handler + "\" comes twice");
      }
    }
    JobShape.labels(request.getLabelsList());
  }
}
