package io.cairn.client.job;

/** Where a job is in its life. */
public enum JobState {
  /** From its submission on, also while nobody can run it. */
  RUNNING,
  /** All partitions of all stages have a result. */
  SUCCEEDED,
  /** A partition has failed for good, and nothing of the job runs any more. */
  FAILED,
  /** It was cancelled. */
  CANCELLED,
  /** A state of a newer server. */
  UNKNOWN;

  /** True if nothing of the job will run, unless it is retried. */
  public boolean hasEnded() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }
}
