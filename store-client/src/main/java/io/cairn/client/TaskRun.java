package io.cairn.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /**
   * The seq of the checkpoint this run is recovered from: the newest, or the one that a recovery
   * policy has chosen. -1 for none.
   */
  long recoveredSeq();

  /** Bytes of sections and records that this run has read to go on from earlier attempts. */
  long recoveredBytes();

  /**
   * The state to go on from: that of the recovered checkpoint, or {@code first}, which is written
   * as a checkpoint before this returns, number 0 in a new task. CORRUPT if the stored bytes cannot
   * be read.
   */
  T stateOr(Supplier<T> first);

  /** Names of the recovered checkpoint's sections; empty if there is none. Reads nothing. */
  Set<String> recoveredSectionNames();

  /**
   * The bytes of a section of the recovered checkpoint, as they are stored; empty if it has none of
   * this name. Read when asked for, and each time. CHECKPOINT_NOT_FOUND when this run has saved so
   * often that the checkpoint is no longer kept, and has changed the section since.
   */
  Optional<Bytes> recoveredSection(String name);

  /** All sections of the recovered checkpoint; see {@link #recoveredSection}. */
  Map<String, Bytes> recoveredSections();

  /**
   * The records behind the recovered checkpoint, without those that a recovery policy leaves out,
   * in order, each once. Fetched page by page while iterated; go through them before saving, as the
   * first checkpoint covers them.
   */
  Iterable<LogEntry> recovered();

  /** Tells the state after one more item. Cheap; encoded and saved when a trigger is due. */
  void update(T state);

  /** Tells the state after {@code items} more items that were {@code bytes} large. */
  void update(T state, int items, long bytes);

  /** Tells the state after one more part of the work, by which a trigger may count. */
  void partDone(T state);

  /** Saves the state; it is acknowledged when this returns. Returns the checkpoint's seq. */
  long checkpoint(T state);

  /** Saves the state. Blocks only while the buffer is full. */
  CompletableFuture<Long> checkpointAsync(T state);

  /**
   * Saves a state of raw sections, which are stored as they are given; those unchanged since the
   * last checkpoint are not sent.
   */
  long checkpointSections(Map<String, byte[]> sections);

  /** Saves a state in which one section is new or has changed; see {@link #checkpointChanged}. */
  long checkpointSection(String name, byte[] bytes);

  /**
   * Saves a state in which these sections are new or have changed. All others of the last
   * checkpoint belong to it, too: they are neither sent nor read. {@link SectionedState} does this
   * for parts with a codec.
   */
  long checkpointChanged(Map<String, byte[]> sections);

  /** Appends a record; it is acknowledged when this returns. Returns its lsn. */
  long append(byte[] record);

  /** Appends a record. Blocks only while the buffer is full. */
  CompletableFuture<Long> appendAsync(byte[] record);

  /** Appends records and saves the state that contains them, both or neither. */
  CompletableFuture<Long> saveWith(List<byte[]> records, T state);

  /** Waits until everything given so far is acknowledged. */
  void flush();

  /**
   * Ends the task with a result, which is a byte array or a value of the types a codec knows. The
   * state of the last update is saved before, as it is now, unless a trigger has saved it.
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
