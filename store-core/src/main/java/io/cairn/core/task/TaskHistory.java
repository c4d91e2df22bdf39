package io.cairn.core.task;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskHistoryEvent;

/**
 * What happened to a task, the last {@link Limits#HISTORY_EVENTS_KEPT} events of it. Each event is
 * also pushed to those who watch. Applying thread only.
 */
final class TaskHistory {
  /** What can happen; the names are on the wire. */
  enum Kind {
    CREATED,
    ACQUIRED,
    RELEASED,
    LOST,
    FAILED,
    SUCCEEDED,
    CANCELLED,
    /** Pushed only: the history goes with the task. */
    DELETED
  }

  private TaskHistory() {}

  /** Notes an event. The task's owner and lease must still be, or already be, those it concerns. */
  static void append(ApplyContext context, TaskEdit edit, Kind kind) {
    append(context, edit, event(context, edit, kind));
  }

  /** Notes the fault that ended an attempt. */
  static void failed(ApplyContext context, TaskEdit edit, Fault fault) {
    append(context, edit, event(context, edit, Kind.FAILED).setFault(fault));
  }

  /** Tells those who watch that the task is gone. */
  static void deleted(ApplyContext context, TaskEdit edit) {
    emit(context, edit, event(context, edit, Kind.DELETED).build());
  }

  private static TaskHistoryEvent.Builder event(ApplyContext context, TaskEdit edit, Kind kind) {
    Task.Builder task = edit.task();
    return TaskHistoryEvent.newBuilder()
        .setNumber(edit.row().getHistoryLast() + 1)
        .setTimeMillis(context.logTimeMillis())
        .setKind(kind.name())
        .setAttempt(task.getAttempt())
        .setEpoch(task.getEpoch())
        .setOwner(task.getOwner())
        .setCheckpointSeq(task.getCheckpointSeq())
        .setLastLsn(task.getLastLsn());
  }

  private static void append(
      ApplyContext context, TaskEdit edit, TaskHistoryEvent.Builder building) {
    TaskHistoryEvent event = building.build();
    Batch batch = context.batch();
    TaskRow.Builder row = edit.row();
    batch.insert(
        ColumnFamily.TASK_HISTORY,
        KeyLayout.pair(edit.id(), event.getNumber()),
        event.toByteArray());
    row.setHistoryLast(event.getNumber());
    if (row.getHistoryLast() - row.getHistoryFirst() >= Limits.HISTORY_EVENTS_KEPT) {
      batch.delete(ColumnFamily.TASK_HISTORY, KeyLayout.pair(edit.id(), row.getHistoryFirst()));
      row.setHistoryFirst(row.getHistoryFirst() + 1);
    }
    emit(context, edit, event);
  }

  private static void emit(ApplyContext context, TaskEdit edit, TaskHistoryEvent event) {
    context.emit(
        TaskEvent.newBuilder()
            .setName(edit.task().getName())
            .setEvent(event)
            .setLease(edit.task().getLease())
            .build());
  }
}
