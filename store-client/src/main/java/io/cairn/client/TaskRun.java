package io.cairn.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One attempt at a task by its one owner. State goes into checkpoints, records into the recovery
 * log; both reach the store in the order of the calls. Writes are sent in the background: a failure
 * of one ends those behind it, and is thrown by the next call. Once ownership is gone every call
 * throws {@link FencedException}, also when the store could not be asked (I4).
 *
 * <p>For one working thread, except {@link #isOwned()}. The calls that save encode the state before
 * they return; a mutable state may be changed between calls.
 */
public interface TaskRun<T> extends AutoCloseable {
  /** The task's name. */
  TaskName name();

  /** The fencing token of this ownership. */
  long epoch();

  /** Which attempt this is, from 1. */
  long attempt();

  /** False from the moment on at which another may own the task. */
  boolean isOwned();

  /** True if an earlier attempt left a checkpoint. */
  boolean isResumed();

  /** Newest checkpoint that the store has acknowledged, -1 for none. */
  long checkpointSeq();

  /** The seq of the checkpoint this run was recovered from, -1 for none. */
  long recoveredSeq();

  /**
   * The state to go on from: that of the newest checkpoint, or {@code first}, which is written as
   * checkpoint 0 before this returns. CORRUPT if the stored bytes cannot be read.
   */
  T stateOr(Supplier<T> first);

  /** The raw sections of the checkpoint this run was recovered from; empty for none. */
  Map<String, Bytes> recoveredSections();

  /**
   * The records behind the recovered checkpoint, in order, each once. Fetched page by page while
   * iterated.
   */
  Iterable<LogEntry> recovered();

  /** Tells the state after one more item. Cheap; encoded and saved when a trigger is due. */
  void update(T state);

  /** Tells the state after {@code items} more items that were {@code bytes} large. */
  void update(T state, int items, long bytes);

  /** Saves the state; it is acknowledged when this returns. Returns the checkpoint's seq. */
  long checkpoint(T state);

  /** Saves the state. Blocks only while the buffer is full. */
  CompletableFuture<Long> checkpointAsync(T state);

  /** Saves a state of raw sections; those unchanged since the last checkpoint are not sent. */
  long checkpointSections(Map<String, byte[]> sections);

  /** Appends a record; it is acknowledged when this returns. Returns its lsn. */
  long append(byte[] record);

  /** Appends a record. Blocks only while the buffer is full. */
  CompletableFuture<Long> appendAsync(byte[] record);

  /** Appends records and saves the state that contains them, both or neither. */
  CompletableFuture<Long> saveWith(List<byte[]> records, T state);

  /** Waits until everything given so far is acknowledged. */
  void flush();

  /**
   * Ends the task with a result, which is a byte array or a value of the types a codec knows; the
   * state given last is saved with it, as it is now.
   */
  void complete(Object result);

  /** Ends the attempt with a fault that another attempt may overcome. */
  void fail(Throwable cause);

  /** Ends the attempt with a fault. */
  void fail(Fault fault);

  /**
   * Waits for what is on its way, and gives the task up if it has not ended. The state of the last
   * update is not encoded here: after an exception a mutable state may be half changed. What was
   * done since the last trigger is done again by the next attempt. Never throws for lost ownership.
   */
  @Override
  void close();
}
