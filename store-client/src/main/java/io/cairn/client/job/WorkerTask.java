package io.cairn.client.job;

import io.cairn.client.Task;

/**
 * A task that a worker has been given.
 *
 * @param progress as it reported last
 * @param total 0: not known
 */
public record WorkerTask(Task task, long progress, long total) {}
