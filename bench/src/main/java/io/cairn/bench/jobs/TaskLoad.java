package io.cairn.bench.jobs;

import io.cairn.bench.load.PutLoad;
import io.cairn.protocol.Limits;

/**
 * A job that does nothing, and who does it.
 *
 * @param tasks partitions of the job
 * @param workers workers, each with a client of its own
 * @param concurrency tasks of a worker at a time
 */
public record TaskLoad(int tasks, int workers, int concurrency) {
  private static final int WORKERS_MAX = 1_000;

  /** A load within the limits of the store. */
  public TaskLoad {
    PutLoad.require("tasks", tasks, 1, Limits.PARTITIONS_MAX);
    PutLoad.require("workers", workers, 1, WORKERS_MAX);
    PutLoad.require("concurrency", concurrency, 1, Limits.WORKER_CAPACITY_MAX);
  }
}
