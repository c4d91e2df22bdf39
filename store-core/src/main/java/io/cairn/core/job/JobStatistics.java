package io.cairn.core.job;

import io.cairn.core.job.recovery.Decision;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.protocol.v1.JobStats;
import io.cairn.protocol.v1.TaskStats;

/**
 * What a job's attempts took, all together. A task's own numbers are brought in when an attempt
 * ends, so that a checkpoint does not write the job's row.
 */
final class JobStatistics {
  private JobStatistics() {}

  /** Brings in what of the task's numbers is not in yet. */
  static void count(JobStats.Builder job, TaskRow.Builder row) {
    TaskStats now = row.getTask().getStats();
    TaskStats before = row.getCounted();
    job.setRunMillis(sum(job.getRunMillis(), now.getRunMillis() - before.getRunMillis()))
        .setCheckpoints(sum(job.getCheckpoints(), now.getCheckpoints() - before.getCheckpoints()))
        .setCheckpointBytes(
            sum(job.getCheckpointBytes(), now.getCheckpointBytes() - before.getCheckpointBytes()))
        .setCheckpointMicros(
            sum(
                job.getCheckpointMicros(),
                now.getCheckpointMicros() - before.getCheckpointMicros()))
        .setRecoveredBytes(
            sum(job.getRecoveredBytes(), now.getRecoveredBytes() - before.getRecoveredBytes()));
    if (!now.getIntervalReason().isEmpty()) {
      job.setIntervalMillis(now.getIntervalMillis()).setIntervalReason(now.getIntervalReason());
    }
    row.setCounted(now);
  }

  /** Counts a fault, and an item that goes to quarantine because of it. */
  static void fault(JobStats.Builder job, Decision decision) {
    job.setFaults(job.getFaults() + 1);
    if (decision.item().filter(Decision.Item::added).isPresent()) {
      job.setQuarantined(job.getQuarantined() + 1);
    }
  }

  /** A sum that stops at the largest number: owners tell what they like. */
  private static long sum(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }
}
