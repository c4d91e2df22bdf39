package io.cairn.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The calls of a task's owner with nothing in front of them: no ownership check, no pipeline, no
 * lease. The store decides by the epoch alone. Made to show that it does; work on a task with
 * {@link TaskRun}. Futures end with a {@link CairnException}, {@link FencedException} for FENCED.
 */
public interface TaskWrites {
  /** Claims a task for a lease. {@code spec} given: creates the task if it is not there. */
  CompletableFuture<Claim> acquire(
      TaskName name, long lease, String owner, Optional<TaskSpec> spec);

  /** Appends records and commits a checkpoint, either alone or both as one. */
  CompletableFuture<Saved> save(
      TaskName name,
      long epoch,
      long firstLsn,
      List<Bytes> records,
      Optional<CheckpointDraft> checkpoint);

  /** Brings the bytes of a section ahead of checkpoint {@code seq}. */
  CompletableFuture<Void> stage(TaskName name, long epoch, long seq, String section, Bytes bytes);

  /** Ends the task with a result. */
  CompletableFuture<Task> complete(TaskName name, long epoch, Bytes result);

  /** Ends the attempt with a fault. */
  CompletableFuture<Task> fail(TaskName name, long epoch, Fault fault);

  /** Gives the task up, for others to acquire. */
  CompletableFuture<Task> release(TaskName name, long epoch);

  /** True if the task is owned under {@code epoch}. */
  CompletableFuture<Boolean> holds(TaskName name, long epoch);

  /** Writes records only. */
  default CompletableFuture<Saved> append(
      TaskName name, long epoch, long firstLsn, List<Bytes> records) {
    return save(name, epoch, firstLsn, records, Optional.empty());
  }

  /**
   * A checkpoint to write.
   *
   * @param seq the newest one's plus 1; 0 for the first
   * @param sections bytes by name, sent within the command
   */
  record CheckpointDraft(
      long seq,
      String trigger,
      Map<String, String> labels,
      Map<String, Bytes> sections,
      long coveredLsn) {
    /** Keeps its own copies. */
    public CheckpointDraft {
      labels = Map.copyOf(labels);
      sections = Map.copyOf(sections);
    }
  }

  /**
   * A write that was done.
   *
   * @param checkpointSeq newest checkpoint after it
   * @param lastLsn newest record after it
   * @param timeMillis log time
   */
  record Saved(long checkpointSeq, long lastLsn, long timeMillis) {}

  /**
   * The answer to a claim.
   *
   * @param leftMillis HELD: how long the owner has at least
   */
  record Claim(Result result, Task task, long leftMillis) {
    /** How a claim ended. */
    public enum Result {
      ACQUIRED,
      HELD,
      COMPLETED,
      ENDED
    }
  }
}
