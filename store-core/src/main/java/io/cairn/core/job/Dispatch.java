package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.job.PartitionState.Run;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.job.Work.Next;
import io.cairn.core.job.Work.Place;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.Limits;
import io.cairn.protocol.placement.HashRing;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import java.util.List;
import java.util.Optional;

/**
 * Gives tasks that wait to workers that have room, behind each command that may have made either:
 * at most {@link Limits#DISPATCHES_MAX} of them. What is left is listed as due at once, and goes on
 * behind the leader's next Expire. Applying thread only.
 */
final class Dispatch {
  private final Workspace workspace;
  private final WorkerTable workers;
  private final ReadyLists lists;
  private final Replicas replicas;
  private final Standbys standbys;
  private final int tasksMax;

  /** Dispatch of so many tasks behind one command. */
  Dispatch(JobPlane.Parts parts, WorkerTable workers, int tasksMax) {
    this.workspace = parts.workspace();
    this.workers = workers;
    this.lists = parts.lists();
    this.replicas = parts.replicas();
    this.standbys = parts.standbys();
    this.tasksMax = tasksMax;
  }

  void run(ApplyContext context) {
    DispatchBoard board = workspace.board();
    workspace.takeovers().forEach(task -> takeOver(context, task));
    int count = 0;
    Optional<TaskKey> bare = board.nextBare();
    for (; count < tasksMax && bare.isPresent(); count++) {
      standbys.keep(context, bare.get());
      bare = board.nextBare();
    }
    Optional<Next> next = board.next();
    for (; count < tasksMax && next.isPresent(); count++) {
      dispatch(context, next.get());
      next = board.next();
    }
    boolean leftOver = next.isPresent() || board.nextBare().isPresent();
    if (board.leftOver() != leftOver) {
      board.leftOver(leftOver);
      if (leftOver) {
        context.batch().insert(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch(), new byte[0]);
      } else {
        context.batch().delete(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch());
      }
    }
  }

  private void dispatch(ApplyContext context, Next next) {
    Place place = next.place();
    JobEdit job = workspace.get(context.batch(), place.job());
    Partition partition = new Partition(new Place(place.job(), place.stage()), next.partition());
    TaskName name = Runs.name(job.job(), partition, next.replica());
    TaskEdit edit = next.fresh() ? fresh(context, job, next, name) : again(context, next, name);
    Apart apart =
        job.job().hasSeveralRuns() && !next.fresh()
            ? Runs.read(context.batch(), job.job(), partition).apart(next.replica())
            : Apart.of(List.of());
    Seat seat =
        choose(job, place, edit, apart)
            .orElseThrow(() -> new IllegalStateException("nobody has room for " + name));
    Optional<Run> before = next.fresh() ? Optional.empty() : Optional.of(Run.of(edit.task()));
    give(context, job, edit, before, seat);
    if (job.job().hasSeveralRuns()) {
      if (next.fresh()) {
        replicas.accompany(context, job, partition);
      }
      lists.relist(context, job, partition);
    }
  }

  /**
   * Another one than the last, if that had not begun with the task, or has not ended it in time:
   * whatever kept it from doing so, such as handlers that do not return, may keep it still, and the
   * ring would choose it again.
   */
  private Optional<Seat> choose(JobEdit job, Place place, TaskEdit edit, Apart barred) {
    TaskOfJob of = edit.task().getJob();
    String handler = job.job().handler(place);
    long hash = HashRing.hash(edit.task().getName().getName());
    Apart apart = barred.andNodes(of.getAvoidedNodesList());
    DispatchBoard board = workspace.board();
    if (of.getWorker().isEmpty() || (of.getStartTimeMillis() > 0 && !ranOutOfTime(edit.task()))) {
      return board.choose(handler, hash, apart);
    }
    Apart other = apart.andWorker(of.getWorker());
    return board
        .chooseApart(handler, hash, other)
        .or(() -> board.chooseApart(handler, hash, apart))
        .or(() -> board.chooseApart(handler, hash, other.anyNode()))
        .or(() -> board.chooseApart(handler, hash, apart.anyNode()));
  }

  private static boolean ranOutOfTime(Task.Builder task) {
    Fault last = task.getFault();
    return last.getAttempt() == task.getAttempt() && FaultTypes.TIMEOUT.equals(last.getType());
  }

  /** A task whose worker was lost goes to the one that keeps a place for it. */
  private void takeOver(ApplyContext context, TaskKey task) {
    Optional<TaskEdit> found =
        TaskEdit.find(context.batch(), task.row())
            .filter(edit -> edit.task().getState() == TaskState.PENDING)
            .filter(edit -> !edit.task().getJob().getStandby().isEmpty());
    if (found.isEmpty()) {
      return; // its standby was lost in the same command, or its job was called off
    }
    TaskEdit edit = found.get();
    JobEdit job = workspace.get(context.batch(), edit.task().getJob().getId());
    String standby = edit.task().getJob().getStandby();
    boolean keeps = standbys.keeps(standby, task) && job.goesOn();
    workspace.board().keepNoLonger(standby, task);
    edit.task().getJobBuilder().clearStandby();
    if (keeps) {
      Seat seat = workspace.board().seat(standby).orElseThrow();
      give(context, job, edit, Optional.of(Run.of(edit.task())), seat);
    } else {
      lists.list(context, job, edit.task());
      edit.store(context.batch());
      BoardRows.show(workspace.board(), job.job(), job.state().build()); // nothing of it may come
    }
  }

  private void give(
      ApplyContext context, JobEdit job, TaskEdit edit, Optional<Run> before, Seat seat) {
    edit.task()
        .getJobBuilder()
        .setWorker(seat.id())
        .setNode(seat.node())
        .setClaimTimeMillis(context.logTimeMillis())
        .clearStartTimeMillis()
        .clearRetryTimeMillis()
        .clearReason();
    Census.moves(
        context,
        job,
        edit.task().getJob(),
        before,
        new Run(TaskState.CLAIMED, edit.task().getJob().getDecision()));
    workspace.board().taken(seat);
    standbys.keep(job, edit, seat);
    DispatchedTasks.claim(context, edit, seat.id(), seat.lease());
    job.state().getStatsBuilder().setAttempts(job.state().getStats().getAttempts() + 1);
    long now = context.logTimeMillis();
    long look = WorkerSweep.lookAfterClaim(now, job.spec().getDetection());
    long again = Stragglers.lookMillis(job.spec());
    workers.lookBy(context, seat, again < look - now ? now + again : look);
  }

  private TaskEdit fresh(ApplyContext context, JobEdit job, Next next, TaskName name) {
    int number = next.place().stage();
    StageRow.Builder stage = job.stage(number);
    stage.setWaiting(stage.getWaiting() - 1);
    workspace.board().waiting(next.place(), job.job(), stage.getWaiting(), false);
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
    return TaskEdit.find(context.batch(), KeyLayout.task(name.getNamespace(), name.getName()))
        .orElseThrow(() -> new DamagedRowException("task " + name.getName() + " is gone"));
  }
}
