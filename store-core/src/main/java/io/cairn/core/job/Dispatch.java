package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.job.Work.Next;
import io.cairn.core.job.Work.Place;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.Limits;
import io.cairn.protocol.placement.HashRing;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import java.util.Optional;

/**
 * Gives tasks that wait to workers that have room, behind each command that may have made either:
 * at most {@link Limits#DISPATCHES_MAX} of them. What is left is listed as due at once, and goes on
 * behind the leader's next Expire. Applying thread only.
 */
final class Dispatch {
  private final Workspace workspace;
  private final WorkerTable workers;
  private final int tasksMax;

  /** Dispatch of so many tasks behind one command. */
  Dispatch(Workspace workspace, WorkerTable workers, int tasksMax) {
    this.workspace = workspace;
    this.workers = workers;
    this.tasksMax = tasksMax;
  }

  void run(ApplyContext context) {
    DispatchBoard board = workspace.board();
    Optional<Next> next = board.next();
    for (int count = 0; count < tasksMax && next.isPresent(); count++) {
      dispatch(context, next.get());
      next = board.next();
    }
    if (board.leftOver() != next.isPresent()) {
      board.leftOver(next.isPresent());
      if (next.isPresent()) {
        context.batch().insert(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch(), new byte[0]);
      } else {
        context.batch().delete(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch());
      }
    }
  }

  private void dispatch(ApplyContext context, Next next) {
    Place place = next.place();
    JobEdit job = workspace.get(context.batch(), place.job());
    StageSpec spec = job.job().stage(place.stage());
    TaskName name = JobNames.task(job.name(), spec.getName(), next.partition(), next.replica());
    TaskEdit edit = next.fresh() ? fresh(context, job, next, name) : again(context, next, name);
    Seat seat =
        workspace
            .board()
            .choose(
                spec.getHandler(),
                HashRing.hash(name.getName()),
                edit.task().getJob().getAvoidedNodesList())
            .orElseThrow(() -> new IllegalStateException("nobody has room for " + name));
    edit.task()
        .getJobBuilder()
        .setWorker(seat.id())
        .setNode(seat.node())
        .setClaimTimeMillis(context.logTimeMillis())
        .clearStartTimeMillis()
        .clearRetryTimeMillis()
        .clearReason();
    DispatchedTasks.claim(context, edit, seat.id(), seat.lease());
    StageRow.Builder stage = job.stage(place.stage());
    stage.setRunning(stage.getRunning() + 1);
    job.state().getStatsBuilder().setAttempts(job.state().getStats().getAttempts() + 1);
    workspace.board().taken(seat);
    workers.lookBy(
        context,
        seat,
        WorkerSweep.lookAfterClaim(context.logTimeMillis(), job.spec().getDetection()));
  }

  private TaskEdit fresh(ApplyContext context, JobEdit job, Next next, TaskName name) {
    int number = next.place().stage();
    StageRow.Builder stage = job.stage(number);
    stage.setWaiting(stage.getWaiting() - 1);
    workspace.board().waiting(next.place(), job.job().stage(number), stage.getWaiting(), false);
    TaskOfJob of =
        TaskOfJob.newBuilder()
            .setJob(job.name().getName())
            .setId(job.id())
            .setStage(job.job().stage(number).getName())
            .setPartition(next.partition())
            .setReplica(next.replica())
            .build();
    return DispatchedTasks.make(context, name, job.job().taskSpec(), of);
  }

  private TaskEdit again(ApplyContext context, Next next, TaskName name) {
    Place place = next.place();
    context
        .batch()
        .delete(
            ColumnFamily.READY,
            KeyLayout.ready(place.job(), place.stage(), next.partition(), next.replica()));
    workspace.board().notAgain(place, next.partition(), next.replica());
    StageRow.Builder stage = workspace.get(context.batch(), place.job()).stage(place.stage());
    stage.setPending(stage.getPending() - 1);
    return TaskEdit.find(context.batch(), KeyLayout.task(name.getNamespace(), name.getName()))
        .orElseThrow(() -> new DamagedRowException("task " + name.getName() + " is gone"));
  }
}
