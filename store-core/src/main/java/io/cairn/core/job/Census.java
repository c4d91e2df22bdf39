package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.job.PartitionState.Run;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The counts of a job's stages, kept in step with every change of a task's state. Each partition is
 * counted once. Applying thread only.
 */
final class Census {
  private Census() {}

  /** The state of a task changes; call it before its row is written. */
  static void moves(ApplyContext context, JobEdit job, TaskEdit edit, TaskState to) {
    Run before = Run.of(edit.task());
    moves(context, job, edit.task().getJob(), Optional.of(before), new Run(to, before.decision()));
  }

  /** A task changes, or is made, as {@code before} says; call it before its row is written. */
  static void moves(
      ApplyContext context, JobEdit job, TaskOfJob of, Optional<Run> before, Run after) {
    Partition partition = Partition.of(job.job(), of);
    List<Run> others = new ArrayList<>();
    if (job.job().hasSeveralRuns()) {
      for (TaskEdit other : Runs.read(context.batch(), job.job(), partition).tasks()) {
        if (other.task().getJob().getReplica() != of.getReplica()) {
          others.add(Run.of(other.task()));
        }
      }
    }
    StageRow.Builder stage = job.stage(partition.place().stage());
    if (before.isPresent() || !others.isEmpty()) {
      count(stage, with(others, before), -1);
    }
    count(stage, with(others, Optional.of(after)), 1);
  }

  private static List<Run> with(List<Run> others, Optional<Run> one) {
    List<Run> all = new ArrayList<>(others);
    one.ifPresent(all::add);
    return all;
  }

  private static void count(StageRow.Builder stage, List<Run> runs, int change) {
    switch (PartitionState.of(runs)) {
      case PENDING -> stage.setPending(stage.getPending() + change);
      case RUNNING -> stage.setRunning(stage.getRunning() + change);
      case SUCCEEDED -> stage.setSucceeded(stage.getSucceeded() + change);
      case FAILED -> stage.setFailed(stage.getFailed() + change);
      case CANCELLED -> stage.setCancelled(stage.getCancelled() + change);
    }
  }
}
