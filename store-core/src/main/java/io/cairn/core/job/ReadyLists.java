package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.job.Work.Place;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import java.util.Set;

/** The tasks that were made and have no owner: those that wait, and those in a pause before it. */
final class ReadyLists {
  private final Workspace workspace;

  ReadyLists(Workspace workspace) {
    this.workspace = workspace;
  }

  /** Lists a task that has no owner: to be dispatched again, now or after its pause. */
  void list(ApplyContext context, JobEdit job, Task.Builder task) {
    long retry = task.getJob().getRetryTimeMillis();
    if (retry > 0) {
      context
          .batch()
          .put(
              ColumnFamily.DEADLINE,
              Attempts.retryKey(retry, task.getId()),
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
    show(job, of, Set.of());
    workspace.changed(job.job(), of);
  }

  /** Takes a waiting task off the lists. */
  void unlist(ApplyContext context, JobEdit job, Task.Builder task) {
    TaskOfJob of = task.getJob();
    Batch batch = context.batch();
    if (of.getRetryTimeMillis() > 0) {
      batch.delete(ColumnFamily.DEADLINE, Attempts.retryKey(of.getRetryTimeMillis(), task.getId()));
      task.getJobBuilder().clearRetryTimeMillis();
      return;
    }
    int stage = job.job().stageIndex(of.getStage());
    batch.delete(
        ColumnFamily.READY, KeyLayout.ready(job.id(), stage, of.getPartition(), of.getReplica()));
    workspace
        .board()
        .notAgain(Place.of(job.id(), stage, of.getReplica()), of.getPartition(), of.getReplica());
  }

  /** Brings the board in step with whom the waiting runs of a partition must not go to. */
  void relist(ApplyContext context, JobEdit job, Partition partition) {
    Runs runs = Runs.read(context.batch(), job.job(), partition);
    for (TaskEdit edit : runs.all()) {
      TaskOfJob of = edit.task().getJob();
      if (edit.task().getState() == TaskState.PENDING && of.getRetryTimeMillis() == 0) {
        show(job, of, runs.barred(of.getReplica()));
      }
    }
  }

  private void show(JobEdit job, TaskOfJob of, Set<String> barred) {
    workspace
        .board()
        .again(
            Place.of(job.id(), job.job().stageIndex(of.getStage()), of.getReplica()),
            job.job(),
            of.getPartition(),
            of.getReplica(),
            barred);
  }
}
