package io.cairn.client.job;

/**
 * A checkpoint of all tasks of a job together.
 *
 * @param number from 1, per job
 * @param deadlineMillis log time
 * @param tasks how many take part
 * @param arrived how many of them are done with this phase
 * @param reason why it was aborted; empty if it was not
 * @param commitTimeMillis log time; 0: not committed
 */
public record Barrier(
    long number,
    Phase phase,
    long deadlineMillis,
    int tasks,
    int arrived,
    String reason,
    long commitTimeMillis) {
  /** How far it is. */
  public enum Phase {
    /** Tasks are asked to stop at their next point. */
    PAUSING,
    /** All have stopped: each drains what was sent to it, and saves. */
    PREPARING,
    /** The states of all are one checkpoint. */
    COMMITTED,
    /** Nothing has come of it. */
    ABORTED,
    /** A phase of a newer server. */
    UNKNOWN
  }
}
