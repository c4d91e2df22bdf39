package io.cairn.client.job;

import io.cairn.client.Fault;
import io.cairn.client.TaskName;

/**
 * One fault of one attempt of one task.
 *
 * @param number from 1, per job
 */
public record FaultRecord(
    long number, TaskName task, String stage, int partition, int replica, Fault fault) {}
