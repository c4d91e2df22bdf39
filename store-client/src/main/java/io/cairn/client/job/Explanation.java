package io.cairn.client.job;

import io.cairn.client.Task;
import java.time.Duration;

/**
 * What the recovery policy would do about a fault of a task now.
 *
 * @param pause until it would be dispatched again
 * @param checkpointSeq to go on from; -1: none
 * @param records to go through again
 * @param bytes of sections and records to be read
 * @param rule of the policy, from 0; -1: none fits
 * @param step of the rule, from 0
 * @param used faults that the step has been used for before
 * @param reason why, for people
 * @param waiting for what a job's task waits that is PENDING, for people; else empty
 */
public record Explanation(
    Task task,
    RecoveryAction action,
    Duration pause,
    long checkpointSeq,
    long records,
    long bytes,
    int rule,
    int step,
    int used,
    String reason,
    String waiting) {}
