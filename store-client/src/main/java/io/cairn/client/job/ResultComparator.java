package io.cairn.client.job;

import io.cairn.client.TaskResult;

/**
 * Whether two results of one partition are alike. One object is used by all threads of a worker.
 */
@FunctionalInterface
public interface ResultComparator {
  /**
   * Compares two results. Should be symmetric; it need not be transitive.
   *
   * @throws Exception to end this comparison with a fault, which is recovered as those of other
   *     tasks; if it fails for good, the partition does
   */
  boolean alike(TaskResult one, TaskResult other) throws Exception;
}
