package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.job.barrier.Barriers;
import io.cairn.core.job.recovery.Recovery;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.JobWalk;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.RecoveryPlans;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskEndings;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskOfJob.Decision;
import io.cairn.protocol.v1.TaskState;

/**
 * How a job goes on when the counts of its stages have changed: stages open when all before them
 * have succeeded; a job ends when nothing of it runs or waits any more; what is left of a job that
 * ends early is cancelled in bounded steps. Applying thread only.
 */
final class JobLifecycle {
  private final Workspace workspace;
  private final TaskEndings endings;
  private final ReadyLists lists;
  private final Replicas replicas;
  private final JobRollback rollback;

  JobLifecycle(JobPlane.Parts parts) {
    this.workspace = parts.workspace();
    this.endings = parts.endings();
    this.lists = parts.lists();
    this.replicas = parts.replicas();
    this.rollback = new JobRollback(endings, lists);
  }

  /** Draws the consequences, as far as one command may. */
  void advance(ApplyContext context, JobEdit job) {
    if (job.deleted()) {
      return;
    }
    // While its tasks are walked over, their owners are fenced, and learn it by that.
    if (job.abortedBarrier() && job.state().getWalk() == JobWalk.NO_WALK) {
      Barriers.tellAborted(context, job.forBarriers());
    }
    if (!job.ended()) {
      if (!job.goesOn()) {
        cancelWaiting(job);
      }
      // A walk that has only begun takes its first step now; later ones follow its tick.
      if (job.state().getWalk() != JobWalk.NO_WALK && job.state().getWalkAfter().isEmpty()) {
        walk(context, job);
      }
      replicas.settle(context); // what the walk has changed
      if (job.goesOn()) {
        openStages(job);
      } else {
        cancelWaiting(job); // of a job that has just failed
      }
      end(context, job);
    }
    BoardRows.show(workspace.board(), job.job(), job.state().build());
  }

  /** Takes a step of what is done to a job's tasks one after the other. */
  void walk(ApplyContext context, JobEdit job) {
    JobStateRow.Builder state = job.state();
    if (state.getWalk() == JobWalk.NO_WALK || workspace.rowsLeft() <= 0) {
      return;
    }
    boolean cancelling = state.getWalk() == JobWalk.CANCELLING;
    TaskWalk.Step step =
        cancelling && nothingLeft(state)
            ? TaskWalk.Step.NONE
            : TaskWalk.go(
                context,
                job.name(),
                state.getWalkAfter(),
                workspace.rowsLeft(),
                edit -> visit(context, job, edit));
    workspace.looked(step.rows());
    workspace.touch();
    state.setWalkAfter(step.after());
    if (step.atEnd()) {
      state.setWalk(JobWalk.NO_WALK);
    }
  }

  private void visit(ApplyContext context, JobEdit job, TaskEdit edit) {
    switch (job.state().getWalk()) {
      case CANCELLING -> cancel(context, edit);
      case RETRYING -> {
        rerun(context, job, edit);
        if (job.coordinated()) {
          rollback.visit(context, job, edit);
        }
      }
      case ROLLING_BACK -> rollback.visit(context, job, edit);
      default -> throw new IllegalStateException("no walk is under way");
    }
  }

  /** All that has failed, or was cancelled because something had, waits again. */
  void retry(ApplyContext context, JobEdit job) {
    JobStateRow.Builder state = job.state();
    state
        .setState(JobState.JOB_RUNNING)
        .clearEndTimeMillis()
        .clearEnding()
        .clearFaultEnded()
        .setWalk(JobWalk.RETRYING)
        .clearWalkAfter();
    for (StageRow.Builder stage : state.getStagesBuilderList()) {
      stage
          .setWaiting(stage.getWaiting() + stage.getUnmade())
          .setCancelled(stage.getCancelled() - stage.getUnmade())
          .clearUnmade();
    }
    if (job.coordinated()) {
      JobRollback.nextGeneration(job);
      Barriers.due(job.forBarriers(), context.logTimeMillis());
    }
  }

  private void cancel(ApplyContext context, TaskEdit edit) {
    if (edit.live() || edit.task().getState() == TaskState.PENDING) {
      endings.cancel(context, edit);
    }
  }

  private void rerun(ApplyContext context, JobEdit job, TaskEdit edit) {
    TaskState was = edit.task().getState();
    TaskOfJob of = edit.task().getJob();
    if (was == TaskState.SUCCEEDED && of.getDecision() == Decision.UNDECIDED) {
      workspace.changed(job.job(), of); // the job ended before it could be decided about
    }
    if (!Runs.comesBack(edit)) {
      return;
    }
    if (of.getReplica() == Runs.COMPARISON) {
      Runs runs = Runs.read(context.batch(), job.job(), Partition.of(job.job(), of));
      if (runs.open() > 0) {
        DispatchedTasks.delete(context, edit); // there is nothing to compare yet
        return;
      } else if (runs.isAccepted()) {
        return;
      }
    }
    Census.moves(context, job, edit, TaskState.PENDING);
    Recovery.renew(edit.row()); // what the policy allows, it allows anew
    if (job.coordinated()) {
      edit.task().setPlan(RecoveryPlans.newest(context.batch(), edit.task()));
    }
    DispatchedTasks.rerun(context, edit);
    lists.list(context, job, edit.task());
  }

  private static void openStages(JobEdit job) {
    for (int i = 0; i < job.spec().getStagesCount(); i++) {
      StageSpec spec = job.spec().getStages(i);
      if (!job.stage(i).getOpen()
          && spec.getAfterList().stream().allMatch(name -> succeeded(job, name))) {
        job.stage(i).setOpen(true);
      }
    }
  }

  private static boolean succeeded(JobEdit job, String stage) {
    int index = job.job().stageIndex(stage);
    return job.stage(index).getSucceeded() == job.job().stage(index).getPartitions();
  }

  /** Those that were never dispatched have no rows: they are counted, and that is all. */
  private static void cancelWaiting(JobEdit job) {
    for (StageRow.Builder stage : job.state().getStagesBuilderList()) {
      stage
          .setCancelled(stage.getCancelled() + stage.getWaiting())
          .setUnmade(stage.getUnmade() + stage.getWaiting())
          .clearWaiting();
    }
  }

  private static void end(ApplyContext context, JobEdit job) {
    JobStateRow.Builder state = job.state();
    if (state.getWalk() != JobWalk.NO_WALK) {
      return;
    }
    if (job.goesOn()) {
      for (StageRow.Builder stage : state.getStagesBuilderList()) {
        int waiting = stage.getOpen() ? stage.getWaiting() : 0;
        if (waiting + stage.getPending() + stage.getRunning() > 0) {
          return;
        }
      }
      cancelWaiting(job); // of stages that can never open
    }
    JobState end =
        state.getEnding() != JobState.JOB_STATE_UNSPECIFIED ? state.getEnding() : result(state);
    state.setState(end).setEndTimeMillis(context.logTimeMillis()).clearEnding();
  }

  private static JobState result(JobStateRow.Builder state) {
    if (state.getStagesList().stream().anyMatch(stage -> stage.getFailed() > 0)) {
      return JobState.JOB_FAILED;
    }
    return state.getStagesList().stream().anyMatch(stage -> stage.getCancelled() > 0)
        ? JobState.JOB_CANCELLED
        : JobState.JOB_SUCCEEDED;
  }

  private static boolean nothingLeft(JobStateRow.Builder state) {
    return state.getStagesList().stream()
        .allMatch(stage -> stage.getPending() + stage.getRunning() == 0);
  }
}
