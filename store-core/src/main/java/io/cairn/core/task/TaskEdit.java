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
final class TaskEdit {
  private final byte[] key;
  private final byte @Nullable [] old;
  private final TaskRow.Builder row;

  private TaskEdit(byte[] key, byte @Nullable [] old, TaskRow.Builder row) {
    this.key = key;
    this.old = old;
    this.row = row;
  }

  static Optional<TaskEdit> find(ReadView view, byte[] key) {
    byte[] bytes = view.get(ColumnFamily.TASK, key);
    return bytes == null
        ? Optional.empty()
        : Optional.of(new TaskEdit(key, bytes, TaskRows.task(bytes).toBuilder()));
  }

  /** Refuses a bad name, and TASK_NOT_FOUND. */
  static TaskEdit require(ReadView view, TaskName name) {
    return find(view, TaskNames.key(name)).orElseThrow(() -> TaskRows.notFound(name));
  }

  /** A task that is not there yet. */
  static TaskEdit created(byte[] key, Task task) {
    return new TaskEdit(key, null, TaskRow.newBuilder().setTask(task).setHistoryFirst(1));
  }

  byte[] key() {
    return key;
  }

  TaskRow.Builder row() {
    return row;
  }

  Task.Builder task() {
    return row.getTaskBuilder();
  }

  long id() {
    return task().getId();
  }

  /** True if somebody owns the task under its newest epoch (I4). */
  boolean live() {
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
                        + ", which "
                        + cause
                        + " does not allow"));
  }

  /** Changes the state. Call after the last check: the change must be allowed. */
  void move(ApplyContext context, TaskCause cause) {
    TaskState next =
        TaskTransitions.next(task().getState(), cause)
            .orElseThrow(() -> new IllegalStateException(task().getState() + " and " + cause));
    task().setState(next).setChangeTimeMillis(context.logTimeMillis());
    row.clearEndDigest();
  }

  void store(Batch batch) {
    batch.replace(ColumnFamily.TASK, key, old, row.build().toByteArray());
  }

  /** The task as clients see it. */
  Task toTask() {
    return task().build();
  }
}
