package io.cairn.client.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A running worker. Any thread.
 *
 * <p>When it has not reached the store for its lease's time, its tasks run elsewhere: their
 * handlers are interrupted, and the worker registers again as soon as it can. When another worker
 * takes its id, it stops.
 */
public interface Worker extends AutoCloseable {
  /** Its id. */
  String id();

  /** Its node. */
  String node();

  /** The number of its newest registration. */
  long epoch();

  /** False once it was closed, or fenced. */
  boolean isRunning();

  /** Why it has stopped by itself; empty if it has not. */
  Optional<WorkerFencedException> failure();

  /** The tasks that it has. */
  List<RunningTask> tasks();

  /** Takes nothing new any more; what it has goes on. */
  void drain();

  /** Waits until it has no tasks; false: it still has some after {@code timeout}. */
  boolean awaitIdle(Duration timeout);

  /**
   * Waits until it has stopped, by itself or because it was closed. For a process's main thread.
   */
  void awaitStop() throws InterruptedException;

  /**
   * Drains, asks handlers to stop, waits for them as long as the grace time, interrupts those that
   * are left, and leaves: see {@link JobHandler#run}. Tasks that have not ended go on elsewhere.
   * Called by a handler or in a callback it does not wait: the worker stops when that has returned.
   */
  @Override
  void close();

  /** Like {@link #close}, with another grace time. */
  void stop(Duration grace);
}
