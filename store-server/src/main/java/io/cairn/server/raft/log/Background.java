package io.cairn.server.raft.log;

import java.util.concurrent.Executor;

/** Does one task after another, in their order: it makes segments, and deletes them. */
@FunctionalInterface
interface Background extends Executor, AutoCloseable {
  /** Takes no more tasks; those it has are done. */
  @Override
  default void close() {}
}
