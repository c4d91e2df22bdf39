package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.PartitionState.Run;
import io.cairn.core.job.barrier.Barriers;
import io.cairn.core.job.recovery.Decision;
import io.cairn.core.job.recovery.FaultPlaces;
import io.cairn.core.job.recovery.Recovery;
import io.cairn.core.job.recovery.RecoveryPolicies;
import io.cairn.core.job.redundancy.ResultComparison;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.task.JobTasks;
import io.cairn.core.task.PreparedCheckpoints;
import io.cairn.core.task.TaskCause;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.ResultValue;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import java.util.Optional;

/**
 * What the end of an attempt means for its job: the one place that counts it, frees the worker's
 * place, asks what to do about a fault, and lists the task to be dispatched again. Applying thread
 * only.
 */
final class Attempts implements JobTasks {
  private final Workspace workspace;
  private final ReadyLists lists;
  private final Standbys standbys;

  Attempts(Workspace workspace, ReadyLists lists, Standbys standbys) {
    this.workspace = workspace;
    this.lists = lists;
    this.standbys = standbys;
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
  public void checkMade(ReadView view, TaskName name) {
    Optional<StoredJob> job =
        StoredJob.id(view, KeyLayout.jobName(name.getNamespace(), JobNames.jobOf(name)))
            .map(id -> workspace.stored().get(view, id));
    if (job.isPresent() && JobNames.isPartition(job.get().row(), name)) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "partition "
              + name.getName()
              + " was never dispatched, and has no task that could be called off alone: cancel job "
              + job.get().name().getName()
              + ", or the task once a worker has it");
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
  public void checkResult(ReadView view, Task task, ResultValue value) {
    if (task.getJob().getReplica() == Runs.COMPARISON) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "task " + task.getName().getName() + " compares results: it ends by a verdict");
    }
    JobSpec spec = workspace.stored().get(view, task.getJob().getId()).spec();
    if (spec.getRedundancy().getKind() == Redundancy.Kind.REPLICAS) {
      new ResultComparison(spec.getVerification()).check(value);
    }
  }

  @Override
  public TaskCause ends(ApplyContext context, TaskEdit edit, TaskCause cause) {
    workspace.touch();
    Task.Builder task = edit.task();
    JobEdit job = workspace.get(context.batch(), task.getJob().getId());
    boolean live = edit.live();
    if (live) {
      Barriers.abort(job.state(), "task " + task.getName().getName() + ": " + cause);
    }
    if (live) {
      workspace.freed(task.getOwner(), task.getLease());
      account(context, job, edit);
    } else if (task.getJob().getStandby().isEmpty()) { // else it was about to be handed on
      lists.unlist(context, job, task);
    }
    TaskCause decided = decided(context, job, edit, cause);
    boolean again = isAgain(decided);
    boolean takenOver = standbys.ends(job, edit, again ? Optional.of(decided) : Optional.empty());
    Run before = Run.of(task);
    if (decided == TaskCause.COMPLETE) {
      completed(context, job, edit);
    }
    Run after = new Run(stateAfter(decided), task.getJob().getDecision());
    Census.moves(context, job, task.getJob(), Optional.of(before), after);
    if (again) {
      if (cause == TaskCause.TAKE_BACK) {
        Recovery.avoid(task.getJobBuilder(), task.getJob().getNode());
      }
      if (job.coordinated()) {
        JobRollback.goBack(context, job, edit, cause, task.getState());
      }
      if (!takenOver) {
        lists.list(context, job, task);
      }
    }
    workspace.changed(job.job(), task.getJob());
    task.getJobBuilder().clearSuspectTimeMillis();
    return decided;
  }

  private static boolean isAgain(TaskCause cause) {
    return cause != TaskCause.COMPLETE && cause != TaskCause.FAIL && cause != TaskCause.CANCEL;
  }

  private static TaskState stateAfter(TaskCause cause) {
    return switch (cause) {
      case COMPLETE -> TaskState.SUCCEEDED;
      case FAIL -> TaskState.FAILED;
      case CANCEL -> TaskState.CANCELLED;
      default -> TaskState.PENDING;
    };
  }

  /** The first result is the partition's, unless it has to be compared with others. */
  private static void completed(ApplyContext context, JobEdit job, TaskEdit edit) {
    Task.Builder task = edit.task();
    if (task.getJob().getReplica() == Runs.COMPARISON) {
      return;
    }
    if (job.spec().getRedundancy().getKind() != Redundancy.Kind.REPLICAS) {
      task.getJobBuilder().setDecision(TaskOfJob.Decision.ACCEPTED);
    }
    if (task.getState() != TaskState.CLAIMED) {
      StageDurations.add(
          job.stage(job.job().stageIndex(task.getJob().getStage())),
          context.logTimeMillis() - task.getJob().getStartTimeMillis());
    }
  }

  /** Key of the row that says when a pause is over. */
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
    if (isAgain(decided) && !job.goesOn()) {
      decided = TaskCause.CANCEL;
    }
    if (decided == TaskCause.CANCEL) {
      TaskOfJob.Builder of = edit.task().getJobBuilder().clearRetryTimeMillis();
      if (!of.getReason().equals(Replicas.FAILED)) {
        of.setReason(reason(job.name(), job.state().getEnding()));
      }
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
      if (job.job().hasSeveralRuns()) {
        workspace.failed(job.job(), task.getJob(), number); // others may have a result
      } else {
        job.failed(number);
      }
      return TaskCause.FAIL;
    }
    if (decision.pauseMillis() > 0) {
      task.getJobBuilder().setRetryTimeMillis(context.logTimeMillis() + decision.pauseMillis());
    }
    return TaskCause.RETRY;
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
