package io.cairn.core.task;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The row of one task while one command changes it. Nothing is written before {@link #store}.
 * Applying thread only.
 */
public final class TaskEdit {
  private final byte[] key;
  private byte @Nullable [] old;
  private final TaskRow.Builder row;

  private TaskEdit(byte[] key, byte @Nullable [] old, TaskRow.Builder row) {
    this.key = key;
    this.old = old;
    this.row = row;
  }

  /** The task of this row's key. */
  public static Optional<TaskEdit> find(ReadView view, byte[] key) {
    byte[] bytes = view.get(ColumnFamily.TASK, key);
    return bytes == null ? Optional.empty() : Optional.of(of(key, bytes));
  }

  /** Refuses a bad name, and TASK_NOT_FOUND. */
  public static TaskEdit require(ReadView view, TaskName name) {
    return find(view, TaskNames.key(name)).orElseThrow(() -> TaskRows.notFound(name));
  }

  /** The task of a row that has just been read. */
  public static TaskEdit of(byte[] key, byte[] bytes) {
    return new TaskEdit(key, bytes, TaskRows.task(bytes).toBuilder());
  }

  /** A task that is not there yet. */
  static TaskEdit created(byte[] key, Task task) {
    return new TaskEdit(key, null, TaskRow.newBuilder().setTask(task).setHistoryFirst(1));
  }

  /** Key of its row; the caller must not change it. */
  public byte[] key() {
    return key;
  }

  /** The row as it will be. */
  public TaskRow.Builder row() {
    return row;
  }

  /** The part of the row that clients see. */
  public Task.Builder task() {
    return row.getTaskBuilder();
  }

  /** The task's id. */
  public long id() {
    return task().getId();
  }

  /** True if a job dispatches it. */
  public boolean ofJob() {
    return task().hasJob();
  }

  /** True if the epoch is the newest and may still act (I4). */
  public boolean holds(long epoch) {
    return Fencing.live(task(), epoch);
  }

  /** Refuses FENCED and EPOCH_UNKNOWN (I4). */
  public void checkEpoch(long epoch) {
    Fencing.check(task(), epoch);
  }

  /** Refuses WRONG_STATE if a job dispatches it. */
  void requirePlain() {
    if (ofJob()) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "task "
              + TaskNames.text(task().getName())
              + " belongs to job "
              + task().getJob().getJob()
              + ", which dispatches it");
    }
  }

  /** True if somebody owns the task under its newest epoch (I4). */
  public boolean live() {
    return TaskTransitions.live(task().getState());
  }

  /** Refuses WRONG_STATE if the cause is not allowed now. */
  TaskState requireNext(TaskCause cause) {
    return TaskTransitions.next(task().getState(), cause)
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.WRONG_STATE,
                    "task "
                        + TaskNames.text(task().getName())
                        + " is "
                        + task().getState()
                        + ", which does not allow "
                        + cause));
  }

  /** Changes the state. Call after the last check: the change must be allowed. */
  public void move(ApplyContext context, TaskCause cause) {
    TaskState next =
        TaskTransitions.next(task().getState(), cause)
            .orElseThrow(() -> new IllegalStateException(task().getState() + " and " + cause));
    task().setState(next).setChangeTimeMillis(context.logTimeMillis());
    row.clearEndDigest();
  }

  /** Writes the row. */
  public void store(Batch batch) {
    byte[] bytes = row.build().toByteArray();
    batch.replace(ColumnFamily.TASK, key, old, bytes);
    old = bytes;
  }

  /** The task as clients see it. */
  public Task toTask() {
    return task().build();
  }
}
