package io.cairn.client.job;

import java.time.Duration;

/**
 * How far a stage is, in partitions.
 *
 * @param waiting never dispatched
 * @param pending to be dispatched again, now or after a pause
 * @param running dispatched, running or suspect
 * @param open the stages before it have succeeded
 * @param median time of attempts that succeeded; zero: none yet
 */
public record StageStatus(
    String name,
    int partitions,
    int waiting,
    int pending,
    int running,
    int succeeded,
    int failed,
    int cancelled,
    boolean open,
    Duration median) {}
