package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.Work.Place;
import io.cairn.core.job.barrier.Barriers;
import io.cairn.core.job.recovery.Decision;
import io.cairn.core.job.recovery.FaultPlaces;
import io.cairn.core.job.recovery.Recovery;
import io.cairn.core.job.recovery.RecoveryPolicies;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.task.JobTasks;
import io.cairn.core.task.PreparedCheckpoints;
import io.cairn.core.task.TaskCause;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;

/**
 * What the end of an attempt means for its job: the one place that counts it, frees the worker's
 * place, asks what to do about a fault, and lists the task to be dispatched again. Applying thread
 * only.
 */
final class Attempts implements JobTasks {
  private final Workspace workspace;

  Attempts(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public void checkFree(ReadView view, TaskName name) {
    String job = JobNames.jobOf(name);
    if (!job.isEmpty()
        && view.get(ColumnFamily.JOB_NAME, KeyLayout.jobName(name.getNamespace(), job)) != null) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "names that begin with " + job + "/ are for tasks of job " + job + ", which makes them");
    }
  }

  @Override
  public void checkWrite(ApplyContext context, TaskEdit edit, long checkpointSeq) {
    TaskOfJob of = edit.task().getJob();
    if (!workspace.stored().get(context.batch(), of.getId()).coordinated()) {
      return;
    }
    String name = edit.task().getName().getName();
    if (checkpointSeq > 0) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "task "
              + name
              + " is saved with all others of its job, at a barrier: checkpoint "
              + checkpointSeq
              + " alone, of which only 0 may be");
    }
    long barrier = edit.row().getPrepared().getBarrier();
    if (PreparedCheckpoints.prepared(edit, barrier)) {
      JobStateRow.Builder state = workspace.get(context.batch(), of.getId()).state();
      if (Barriers.underWay(state) && state.getBarrier().getNumber() == barrier) {
        throw new Refusal(
            ErrorCode.WRONG_STATE,
            "task " + name + " has saved for barrier " + barrier + ", which is not decided yet");
      }
    }
  }

  @Override
  public TaskCause ends(ApplyContext context, TaskEdit edit, TaskCause cause) {
    workspace.touch();
    Task.Builder task = edit.task();
    JobEdit job = workspace.get(context.batch(), task.getJob().getId());
    StageRow.Builder stage = job.stage(job.job().stageIndex(task.getJob().getStage()));
    boolean live = edit.live();
    if (live) {
      Barriers.abort(job.state(), "task " + task.getName().getName() + ": " + cause);
    }
    if (live) {
      workspace.board().freed(task.getOwner(), task.getLease());
      account(context, job, edit);
      stage.setRunning(stage.getRunning() - 1);
    } else {
      unlist(context, job, task);
      stage.setPending(stage.getPending() - 1);
    }
    TaskCause decided = decided(context, job, edit, cause);
    switch (decided) {
      case COMPLETE -> {
        stage.setSucceeded(stage.getSucceeded() + 1);
        if (task.getState() != TaskState.CLAIMED) {
          StageDurations.add(stage, context.logTimeMillis() - task.getJob().getStartTimeMillis());
        }
      }
      case FAIL -> stage.setFailed(stage.getFailed() + 1);
      case CANCEL -> stage.setCancelled(stage.getCancelled() + 1);
      default -> {
        stage.setPending(stage.getPending() + 1);
        if (cause == TaskCause.TAKE_BACK) {
          Recovery.avoid(task.getJobBuilder(), task.getJob().getNode());
        }
        if (job.coordinated()) {
          JobRollback.goBack(context, job, edit, cause, task.getState());
        }
        list(context, job, task);
      }
    }
    task.getJobBuilder().clearSuspectTimeMillis();
    return decided;
  }

  /** Lists a task that has no owner: to be dispatched again, now or after its pause. */
  void list(ApplyContext context, JobEdit job, Task.Builder task) {
    long retry = task.getJob().getRetryTimeMillis();
    if (retry > 0) {
      context
          .batch()
          .put(
              ColumnFamily.DEADLINE,
              retryKey(retry, task.getId()),
              KeyLayout.task(task.getName().getNamespace(), task.getName().getName()));
      return;
    }
    TaskOfJob of = task.getJob();
    int stage = job.job().stageIndex(of.getStage());
    context
        .batch()
        .insert(
            ColumnFamily.READY,
            KeyLayout.ready(job.id(), stage, of.getPartition(), of.getReplica()),
            new byte[0]);
    workspace
        .board()
        .again(
            new Place(job.id(), stage), job.job().stage(stage), of.getPartition(), of.getReplica());
  }

  /** Takes a waiting task off the lists. */
  void unlist(ApplyContext context, JobEdit job, Task.Builder task) {
    TaskOfJob of = task.getJob();
    Batch batch = context.batch();
    if (of.getRetryTimeMillis() > 0) {
      batch.delete(ColumnFamily.DEADLINE, retryKey(of.getRetryTimeMillis(), task.getId()));
      task.getJobBuilder().clearRetryTimeMillis();
      return;
    }
    int stage = job.job().stageIndex(of.getStage());
    batch.delete(
        ColumnFamily.READY, KeyLayout.ready(job.id(), stage, of.getPartition(), of.getReplica()));
    workspace.board().notAgain(new Place(job.id(), stage), of.getPartition(), of.getReplica());
  }

  static byte[] retryKey(long millis, long task) {
    return KeyLayout.deadline(millis, KeyLayout.DEADLINE_TASK_RETRY, task);
  }

  /** Why the task is called off, if its job is ending. */
  static String reason(JobName job, JobState ending) {
    return ending == JobState.JOB_FAILED ? "job " + job.getName() + " has failed" : "";
  }

  private TaskCause decided(ApplyContext context, JobEdit job, TaskEdit edit, TaskCause cause) {
    TaskCause decided =
        cause == TaskCause.RETRY || cause == TaskCause.FAIL ? recover(context, job, edit) : cause;
    boolean again =
        decided != TaskCause.COMPLETE && decided != TaskCause.FAIL && decided != TaskCause.CANCEL;
    if (again && !job.goesOn()) {
      decided = TaskCause.CANCEL;
    }
    if (decided == TaskCause.CANCEL) {
      edit.task()
          .getJobBuilder()
          .clearRetryTimeMillis()
          .setReason(reason(job.name(), job.state().getEnding()));
    }
    return decided;
  }

  /** Asks the policy about the task's newest fault, and keeps the fault with the answer. */
  private TaskCause recover(ApplyContext context, JobEdit job, TaskEdit edit) {
    Task.Builder task = edit.task();
    Fault fault =
        task.getFault().toBuilder()
            .setPlace(FaultPlaces.completed(task.getJob(), task.getFault().getPlace()))
            .build();
    Decision decision = RecoveryPolicies.decide(context.batch(), job.spec(), edit.row(), fault);
    Recovery.apply(context, edit.row(), decision, fault);
    JobStatistics.fault(job.state().getStatsBuilder(), decision);
    long number = FaultLog.append(context, job, task);
    if (decision.ends()) {
      failed(job, number);
      return TaskCause.FAIL;
    }
    if (decision.pauseMillis() > 0) {
      task.getJobBuilder().setRetryTimeMillis(context.logTimeMillis() + decision.pauseMillis());
    }
    return TaskCause.RETRY;
  }

  private static void failed(JobEdit job, long fault) {
    if (job.state().getFaultEnded() == 0) {
      job.state().setFaultEnded(fault);
    }
    if (job.goesOn() && !job.spec().getContinueOnFailure()) {
      job.endAs(JobState.JOB_FAILED);
    }
  }

  /** Adds what the attempt has taken to the task's and the job's statistics. */
  private static void account(ApplyContext context, JobEdit job, TaskEdit edit) {
    TaskOfJob of = edit.task().getJob();
    long begun = of.getStartTimeMillis() > 0 ? of.getStartTimeMillis() : of.getClaimTimeMillis();
    edit.task()
        .getStatsBuilder()
        .setRunMillis(edit.task().getStats().getRunMillis() + context.logTimeMillis() - begun);
    JobStatistics.count(job.state().getStatsBuilder(), edit.row());
  }
}
