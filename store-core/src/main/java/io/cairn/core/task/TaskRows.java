package io.cairn.core.task;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.TaskHistoryEvent;
import io.cairn.protocol.v1.TaskName;
import java.util.Optional;

/** Rows of the task plane, decoded. A row that cannot be decoded is damage, and stops the node. */
final class TaskRows {
  private TaskRows() {}

  /** The task's row; refuses a bad name, and TASK_NOT_FOUND. */
  static TaskRow require(ReadView view, TaskName name) {
    byte[] bytes = view.get(ColumnFamily.TASK, TaskNames.key(name));
    if (bytes == null) {
      throw notFound(name);
    }
    return task(bytes);
  }

  static Refusal notFound(TaskName name) {
    return new Refusal(ErrorCode.TASK_NOT_FOUND, "no task " + TaskNames.text(name));
  }

  static TaskRow task(byte[] bytes) {
    try {
      return TaskRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("the row of a task is damaged", e);
    }
  }

  static Optional<Checkpoint> checkpoint(ReadView view, long task, long seq) {
    byte[] bytes = view.get(ColumnFamily.CHECKPOINT, KeyLayout.pair(task, seq));
    try {
      return bytes == null ? Optional.empty() : Optional.of(Checkpoint.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("checkpoint " + seq + " of task " + task + " is damaged", e);
    }
  }

  /** A checkpoint that the task's row says is kept. */
  static Checkpoint keptCheckpoint(ReadView view, long task, long seq) {
    return checkpoint(view, task, seq)
        .orElseThrow(
            () -> new DamagedRowException("checkpoint " + seq + " of task " + task + " is gone"));
  }

  /** A record that the task's row says is kept. */
  static LogRecord keptRecord(ReadView view, long task, long lsn) {
    byte[] bytes = view.get(ColumnFamily.LOG, KeyLayout.pair(task, lsn));
    if (bytes == null) {
      throw new DamagedRowException("record " + lsn + " of task " + task + " is gone");
    }
    return record(bytes);
  }

  static LogRecord record(byte[] bytes) {
    try {
      return LogRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("a record of a recovery log is damaged", e);
    }
  }

  static TaskHistoryEvent historyEvent(byte[] bytes) {
    try {
      return TaskHistoryEvent.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("an event of a task's history is damaged", e);
    }
  }
}
