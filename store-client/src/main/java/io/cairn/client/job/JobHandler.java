package io.cairn.client.job;

import org.jspecify.annotations.Nullable;

/**
 * What a worker does for one partition of a stage. One object is used by all threads of a worker's
 * pool.
 */
@FunctionalInterface
public interface JobHandler {
  /**
   * Does the work, on a thread of the worker's pool. The thread is interrupted when the task is no
   * longer this worker's.
   *
   * @return the partition's result: a byte array, or a value of the types a codec knows; null: an
   *     empty byte array. When {@link JobContext#isStopping()} has answered true to this call, the
   *     value is not taken for the result, as it may be one of half the work: the task's last state
   *     is saved, and another worker goes on
   * @throws StoppedException to stop because the worker does: the task's last state is saved, and
   *     another worker goes on
   * @throws Exception to end the attempt with a fault, as the worker's {@link FaultClassifier}s say
   */
  @Nullable Object run(JobContext context) throws Exception;
}
