package io.cairn.bench.peers;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A store as an application sees it: each call is sent at once and ends later, with the answer or
 * with a failure. Any thread.
 */
public interface StoreClient extends AutoCloseable {
  /** Makes ready for as many checkpoints or appends of different tasks at a time. */
  void ownTasks(int tasks);

  /** Writes a key. */
  CompletableFuture<?> put(String key, byte[] value);

  /** Reads a key, which must be there; linearizable, or as the nearest server has it. */
  CompletableFuture<?> get(String key, boolean isLinearizable);

  /**
   * Replaces the state of a task that {@link #ownTasks} made ours, refused if another owns it by
   * now. One at a time for each task.
   */
  CompletableFuture<?> checkpoint(int task, byte[] state);

  /** Appends a record to the log of task 0. */
  CompletableFuture<?> append(byte[] record);

  /** Grants a lease and ends it. */
  CompletableFuture<?> grantAndRevoke();

  /** Tells of each change of the keys beneath {@code prefix}, until this is closed. */
  void watch(String prefix, Consumer<String> changedKey);

  /** Lets the store forget history, so that a long run measures no full disk. Waits for it. */
  void compact();

  /** Ends the connection. */
  @Override
  void close();
}
