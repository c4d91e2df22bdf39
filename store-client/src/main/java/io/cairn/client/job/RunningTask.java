package io.cairn.client.job;

import io.cairn.client.TaskName;

/**
 * A task that a worker has.
 *
 * @param progress as its handler told last
 * @param total 0: not known
 */
public record RunningTask(
    TaskName name, long epoch, String handler, long attempt, long progress, long total) {}
