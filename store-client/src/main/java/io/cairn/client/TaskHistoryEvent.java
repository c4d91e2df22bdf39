package io.cairn.client;

import java.util.Optional;

/**
 * One event in the life of a task.
 *
 * @param number from 1
 * @param timeMillis log time
 * @param kind CREATED, ACQUIRED, RELEASED, LOST, FAILED, SUCCEEDED or CANCELLED
 */
public record TaskHistoryEvent(
    long number,
    long timeMillis,
    String kind,
    long attempt,
    long epoch,
    String owner,
    long checkpointSeq,
    long lastLsn,
    Optional<Fault> fault) {}
