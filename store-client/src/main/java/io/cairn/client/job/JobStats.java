package io.cairn.client.job;

import java.time.Duration;

/**
 * What a job has cost.
 *
 * @param runTime of all ended attempts
 * @param checkpointBytes sent, without those left out as unchanged
 * @param checkpointTime of the tasks' own time
 * @param recoveredBytes sections and records read by attempts that went on from others
 * @param interval between checkpoints, as a task said last; zero: not by time
 * @param intervalReason why it is so long; empty if nobody said
 * @param quarantined items that are left out
 */
public record JobStats(
    long attempts,
    long faults,
    Duration runTime,
    long checkpoints,
    long checkpointBytes,
    Duration checkpointTime,
    long recoveredBytes,
    Duration interval,
    String intervalReason,
    long quarantined) {}
