package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.job.PartitionState.Run;
import io.cairn.core.storage.v1.JobStateRowOrBuilder;
import io.cairn.core.storage.v1.JobWalk;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.RecoveryPlans;
import io.cairn.core.task.TaskCause;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskEndings;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import java.util.Optional;

/**
 * How all tasks of a job that are saved together go back to the newest checkpoint of all: the one
 * of the last committed barrier, or before that checkpoint 0 or nothing. A task has no other
 * checkpoints, so that this is the newest of each. None of the job is dispatched before all have
 * gone back, so that those of before and those of after never run at a time under one generation.
 * Applying thread only.
 */
final class JobRollback {
  private final TaskEndings endings;
  private final ReadyLists lists;

  JobRollback(TaskEndings endings, ReadyLists lists) {
    this.endings = endings;
    this.lists = lists;
  }

  /** Begins one, unless it has begun and not ended. */
  static void begin(JobEdit job) {
    if (job.state().getWalk() == JobWalk.NO_WALK) {
      job.state().setWalk(JobWalk.ROLLING_BACK).clearWalkAfter();
      nextGeneration(job);
    }
  }

  static void nextGeneration(JobEdit job) {
    job.state().setGeneration(job.state().getGeneration() + 1);
  }

  /** True if tasks still go back, and none is dispatched. */
  static boolean underWay(StoredJob job, JobStateRowOrBuilder state) {
    return state.getWalk() == JobWalk.ROLLING_BACK
        || (state.getWalk() == JobWalk.RETRYING && job.coordinated());
  }

  /**
   * A task that is about to wait again goes back. If it has run since, all have to: it has taken
   * and sent what the others know of.
   */
  static void goBack(
      ApplyContext context, JobEdit job, TaskEdit edit, TaskCause cause, TaskState was) {
    edit.task().setPlan(RecoveryPlans.newest(context.batch(), edit.task()));
    boolean ran = was == TaskState.RUNNING || was == TaskState.SUSPECT;
    if (ran && cause != TaskCause.ROLL_BACK) {
      begin(job);
    }
  }

  /** Takes one task back. One that waits has gone back when it ended; one called off stays so. */
  void visit(ApplyContext context, JobEdit job, TaskEdit edit) {
    if (edit.live()) {
      endings.rollBack(context, edit);
    } else if (edit.task().getState() == TaskState.SUCCEEDED) {
      Run reopened = new Run(TaskState.PENDING, TaskOfJob.Decision.UNDECIDED);
      Run before = Run.of(edit.task());
      Census.moves(context, job, edit.task().getJob(), Optional.of(before), reopened);
      DispatchedTasks.reopen(context, edit);
      lists.list(context, job, edit.task());
    }
  }
}
