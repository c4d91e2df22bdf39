package io.cairn.client;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How a task shall be worked on. For one thread; each call changes and returns the builder.
 *
 * <p>Triggers count from the last checkpoint, whatever caused it: each time that one fires is one
 * checkpoint. 10,000 updates with one every 1,000 make 10, beside the one that {@link
 * TaskRun#stateOr} begins with; {@link TaskRun#complete} makes one more if updates came after the
 * last of them.
 */
public interface TaskBuilder<T> {
  /** The task's namespace; the client's by default. */
  TaskBuilder<T> namespace(String namespace);

  /** Who works on it, for people; the client's name by default. */
  TaskBuilder<T> owner(String owner);

  /** Saves the state at every {@code items}-th update. */
  TaskBuilder<T> checkpointEvery(int items);

  /** Saves the state at the first update after {@code interval} since the last checkpoint. */
  TaskBuilder<T> checkpointEvery(Duration interval);

  /** Saves the state when updates and records since the last checkpoint reach {@code bytes}. */
  TaskBuilder<T> checkpointEveryBytes(long bytes);

  /** Saves the state at every {@code parts}-th call of {@link TaskRun#partDone}. */
  TaskBuilder<T> checkpointEveryParts(int parts);

  /**
   * Saves the state at the first update after an interval by which least time is lost, instead of a
   * fixed one: the square root of 2 C M, where C is what a checkpoint costs the task's thread, as
   * measured, and M the mean time between faults (Young 1974, Daly 2006).
   *
   * @param min the interval is no shorter
   * @param max the interval is no longer
   * @param mtbf mean time between faults
   */
  TaskBuilder<T> checkpointAdaptively(Duration min, Duration max, Duration mtbf);

  /** How many checkpoints the store keeps, from the task's creation on. */
  TaskBuilder<T> keepCheckpoints(int checkpoints);

  /** Keeps records when a checkpoint covers them, from the task's creation on. */
  TaskBuilder<T> keepLog();

  /** Labels of the task, from its creation on, and of its checkpoints. */
  TaskBuilder<T> labels(Map<String, String> labels);

  /** How long the store waits for a silent owner; the client's lease time by default. */
  TaskBuilder<T> leaseTtl(Duration ttl);

  /** Called once, on the callback thread, when ownership is lost before the run was closed. */
  TaskBuilder<T> onLost(Consumer<Lost> listener);

  /**
   * Owns the task, or throws {@link NotAcquiredException}. Waits for an owner that may be dead: for
   * one lease time beyond what that owner has left, at most.
   */
  TaskRun<T> acquire();

  /** Owns the task if it becomes free within {@code timeout}; zero: if it is free now. */
  Acquisition<T> acquire(Duration timeout);
}
