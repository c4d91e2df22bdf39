package io.cairn.client.job;

import io.cairn.client.TaskName;

/** Where an attempt was made that has thrown. */
public record FaultFacts(TaskName task, String stage, int partition, String worker, String node) {}
