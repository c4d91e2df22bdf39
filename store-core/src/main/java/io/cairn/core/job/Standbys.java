package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.task.TaskCause;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.placement.HashRing;
import io.cairn.protocol.v1.TaskOfJob;
import java.util.List;
import java.util.Optional;

/**
 * The places that workers keep free for tasks that run on other nodes. A place belongs to one
 * running task, from its dispatch or as soon as there is room, to the end of the attempt: then it
 * is free for all again, or the task itself takes it. Applying thread only.
 */
final class Standbys {
  private final Workspace workspace;
  private final ReadyLists lists;

  Standbys(Workspace workspace, ReadyLists lists) {
    this.workspace = workspace;
    this.lists = lists;
  }

  /** Has a place kept for a task that runs on {@code seat}; the caller stores the task. */
  void keep(JobEdit job, TaskEdit edit, Seat seat) {
    if (!job.job().hasStandbys()) {
      return;
    }
    TaskOfJob.Builder of = edit.task().getJobBuilder();
    TaskKey task = TaskKey.of(edit.task().getName());
    String handler = handler(job.job(), of.getStage());
    Optional<Seat> standby =
        workspace.board().chooseStandby(handler, HashRing.hash(task.name()), seat.node());
    if (standby.isPresent()) {
      of.setStandby(standby.get().id());
      workspace.board().keep(standby.get(), task);
    } else {
      of.clearStandby();
      workspace.board().bare().add(handler, seat.node(), task);
    }
  }

  /** Has a place kept for a running task that has none. */
  void keep(ApplyContext context, TaskKey task) {
    TaskEdit edit = find(context.batch(), task);
    JobEdit job = workspace.get(context.batch(), edit.task().getJob().getId());
    notBare(job, edit);
    keep(job, edit, workspace.board().seat(edit.task().getOwner()).orElseThrow());
    edit.store(context.batch());
  }

  /**
   * An attempt ends, or its task's waiting does; the caller stores the task.
   *
   * @param again what is decided about the task, if it is to run again; else empty
   * @return true if the task goes to its standby by this command, and is not to be listed
   */
  boolean ends(JobEdit job, TaskEdit edit, Optional<TaskCause> again) {
    if (!job.job().hasStandbys()) {
      return false;
    }
    TaskKey task = TaskKey.of(edit.task().getName());
    String standby = edit.task().getJob().getStandby();
    if (standby.isEmpty()) {
      if (edit.live()) {
        notBare(job, edit);
      }
      return false;
    }
    if (edit.live() && again.isPresent() && lost(edit, again.get()) && keeps(standby, task)) {
      edit.task().getJobBuilder().clearRetryTimeMillis();
      workspace.takesOver(task);
      return true;
    }
    workspace.board().keepNoLonger(standby, task);
    edit.task().getJobBuilder().clearStandby();
    return false;
  }

  /** The worker keeps no places any more: it is gone, or not well. */
  void leave(ApplyContext context, String worker) {
    for (TaskKey task : workspace.board().seat(worker).map(Seat::kept).orElse(List.of())) {
      workspace.board().keepNoLonger(worker, task);
      TaskEdit edit = find(context.batch(), task);
      JobEdit job = workspace.get(context.batch(), edit.task().getJob().getId());
      edit.task().getJobBuilder().clearStandby();
      if (edit.live()) {
        TaskOfJob of = edit.task().getJob();
        workspace.board().bare().add(handler(job.job(), of.getStage()), of.getNode(), task);
      } else {
        lists.list(context, job, edit.task()); // it was about to take the place
      }
      edit.store(context.batch());
      workspace.touch();
    }
  }

  /** True if the worker keeps a place for the task, and is well. */
  boolean keeps(String worker, TaskKey task) {
    return workspace
        .board()
        .seat(worker)
        .filter(seat -> seat.healthy() && seat.keeps(task))
        .isPresent();
  }

  static String handler(StoredJob job, String stage) {
    return job.stage(job.stageIndex(stage)).getHandler();
  }

  private void notBare(JobEdit job, TaskEdit edit) {
    TaskOfJob of = edit.task().getJob();
    workspace
        .board()
        .bare()
        .remove(handler(job.job(), of.getStage()), of.getNode(), TaskKey.of(edit.task().getName()));
  }

  /** True if it was not the task that ended the attempt, but what became of its worker. */
  private static boolean lost(TaskEdit edit, TaskCause cause) {
    return switch (cause) {
      case RELEASE, TAKE_BACK -> true;
      case RETRY -> edit.task().getFault().getType().equals(FaultTypes.PROCESS_LOST);
      default -> false;
    };
  }

  private static TaskEdit find(ReadView view, TaskKey task) {
    return TaskEdit.find(view, KeyLayout.task(task.namespace(), task.name())).orElseThrow();
  }
}
