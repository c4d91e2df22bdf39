package io.cairn.client;

import java.time.Duration;

/** How the attempt to own a task ended. */
public sealed interface Acquisition<T> {
  /** The caller owns the task. Close the run. */
  record Acquired<T>(TaskRun<T> run) implements Acquisition<T> {}

  /**
   * Somebody else owns the task.
   *
   * @param left how long the owner has at least; it may renew
   */
  record HeldBy<T>(String owner, Duration left, Task task) implements Acquisition<T> {}

  /** The task has been completed before. */
  record AlreadyCompleted<T>(Task task, TaskResult result) implements Acquisition<T> {}

  /** The task failed for good or was cancelled; {@link Task#fault()} says why. */
  record Ended<T>(Task task) implements Acquisition<T> {}
}
