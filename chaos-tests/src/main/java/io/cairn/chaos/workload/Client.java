package io.cairn.chaos.workload;

import io.cairn.chaos.history.Op;

/**
 * Does the operations of one process at one node. For one thread, which may be interrupted; after
 * an outcome that nobody knows it is closed, and another takes its place.
 */
public interface Client extends AutoCloseable {
  /** Makes what the workload needs before the first operation; may be called again. */
  default void setup() {}

  /**
   * Does it, and says how it ended. What is thrown counts as {@link Outcomes} says; what that does
   * not know is an outcome that nobody knows.
   */
  Completion invoke(Op invocation);

  /** Takes away what {@link #setup} has made. */
  default void teardown() {}

  @Override
  void close();
}
