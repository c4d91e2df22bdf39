package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.placement.HashRing;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;

/**
 * Attempts that take much longer than their like, and the second runs that are put beside them. A
 * worker's sweep asks about each of its tasks, at the latest every few seconds, as the median may
 * have fallen. A second run is made when no partition waits for its first one and another worker
 * has room at once. Applying thread only.
 */
final class Stragglers {
  private static final long LOOK_MILLIS_MIN = 500;
  private static final long LOOK_MILLIS_MAX = 5_000;

  private final Workspace workspace;
  private final Replicas replicas;

  Stragglers(Workspace workspace, Replicas replicas) {
    this.workspace = workspace;
    this.replicas = replicas;
  }

  /** How long a task is not looked at, at most; a job without second runs: for ever. */
  static long lookMillis(JobSpec spec) {
    return spec.getRedundancy().getKind() == Redundancy.Kind.SPECULATE
        ? Math.min(
            LOOK_MILLIS_MAX,
            Math.max(LOOK_MILLIS_MIN, spec.getRedundancy().getStragglerMillisMin()))
        : Long.MAX_VALUE;
  }

  /**
   * Puts a second run beside a live task if it is a straggler; returns when to look again, 0 if
   * that makes no sense.
   *
   * @param floor log time before which nobody could tell of an end (I10)
   */
  long look(ApplyContext context, TaskEdit edit, long floor) {
    TaskOfJob of = edit.task().getJob();
    JobEdit job = workspace.get(context.batch(), of.getId());
    long wait = lookMillis(job.spec());
    if (wait == Long.MAX_VALUE || of.getReplica() > 0) {
      return 0;
    }
    long again = context.logTimeMillis() + wait;
    StageRow.Builder stage = job.stage(job.job().stageIndex(of.getStage()));
    long median = StageDurations.medianMillis(stage);
    if (edit.task().getState() == TaskState.CLAIMED || median == 0) {
      return again;
    }
    long slow = Math.max(of.getStartTimeMillis(), floor) + slowMillis(job.spec(), median);
    if (slow > context.logTimeMillis()) {
      return Math.min(slow, again);
    }
    Partition partition = Partition.of(job.job(), of);
    Runs runs = Runs.read(context.batch(), job.job(), partition);
    if (runs.all().size() > 1) {
      return 0;
    }
    boolean room =
        workspace
            .board()
            .choose(
                job.job().handler(partition.place()),
                HashRing.hash(edit.task().getName().getName()),
                runs.apart(1))
            .isPresent();
    if (!room || stage.getWaiting() > 0 || !job.goesOn()) {
      return again;
    }
    replicas.add(context, job, partition, 1);
    return 0;
  }

  /** From how long on an attempt is a straggler. */
  private static long slowMillis(JobSpec spec, long medianMillis) {
    Redundancy redundancy = spec.getRedundancy();
    long percent = redundancy.getStragglerPercent();
    long slow =
        medianMillis > Long.MAX_VALUE / 2 / percent
            ? Long.MAX_VALUE / 4
            : medianMillis * percent / 100;
    return Math.max(redundancy.getStragglerMillisMin(), slow);
  }
}
