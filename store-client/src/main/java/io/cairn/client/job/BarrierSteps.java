package io.cairn.client.job;

/**
 * What a handler does at a barrier, where all tasks of its job are saved together. Called on the
 * handler's thread, in this order, once each.
 *
 * @param <T> the task's state
 */
public interface BarrierSteps<T> {
  /**
   * Stops: from here on nothing is sent to other tasks. What has been sent must have reached the
   * places from which the others take it before this returns. Nothing by default, for a handler
   * that sends only between its own calls of {@link JobContext#barrier}.
   */
  default void pause() {}

  /**
   * All tasks have stopped: takes in all that was sent to this one, and nothing will come any more.
   *
   * @return the state that contains it, to be saved
   */
  T drain();

  /**
   * Goes on.
   *
   * @param committed true: the states of all tasks are one checkpoint; false: nothing has come of
   *     the barrier
   */
  default void resume(boolean committed) {}
}
