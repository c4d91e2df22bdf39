package io.cairn.core.task;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskStats;
import io.cairn.protocol.v1.WorkStats;

/**
 * What a task's work has cost, summed up in its row: checkpoints as they are committed, the rest as
 * its owner tells. Sums stop at the largest number. Applying thread only.
 */
final class WorkAccount {
  private WorkAccount() {}

  /** Refuses what cannot be added. */
  static void check(WorkStats told) {
    natural("microseconds of checkpoints", told.getCheckpointMicros());
    natural("recovered bytes", told.getRecoveredBytes());
    natural("interval between checkpoints", told.getIntervalMillis());
    Checks.text("reason of the interval", told.getIntervalReason(), true, Limits.LABEL_BYTES_MAX);
  }

  /** Adds what an owner told with a command that changed something. */
  static void add(Task.Builder task, WorkStats told) {
    TaskStats.Builder stats = task.getStatsBuilder();
    stats
        .setCheckpointMicros(sum(stats.getCheckpointMicros(), told.getCheckpointMicros()))
        .setRecoveredBytes(sum(stats.getRecoveredBytes(), told.getRecoveredBytes()))
        .setIntervalMillis(told.getIntervalMillis())
        .setIntervalReason(told.getIntervalReason());
  }

  /** Adds a committed checkpoint: the bytes that were sent for it, not those it shares. */
  static void add(Task.Builder task, CheckpointWrite committed) {
    long bytes = 0;
    for (SectionWrite section : committed.getSectionsList()) {
      bytes += section.hasSameAsSeq() ? 0 : section.getLength();
    }
    TaskStats.Builder stats = task.getStatsBuilder();
    stats
        .setCheckpoints(stats.getCheckpoints() + 1)
        .setCheckpointBytes(sum(stats.getCheckpointBytes(), bytes));
  }

  private static long sum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  private static void natural(String what, long number) {
    if (number < 0) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, what + ": " + number + " is negative", 0, number);
    }
  }
}
