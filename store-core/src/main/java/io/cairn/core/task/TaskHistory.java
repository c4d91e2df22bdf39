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
public final class TaskHistory {
  /** What can happen; the names are on the wire. */
  public enum Kind {
    /** Somebody made it; the first event of a job's task is CLAIMED. */
    CREATED,
    /** A lease owns it. */
    ACQUIRED,
    /** It was dispatched to a worker. */
    CLAIMED,
    /** Its worker did not say in time that it has it. */
    UNACKNOWLEDGED,
    /** Its progress stands still. */
    SUSPECTED,
    /** Its progress goes on. */
    RELIEVED,
    /** Its owner gave it back. */
    RELEASED,
    /** Its owner has gone. */
    LOST,
    /** A fault ended an attempt. */
    FAILED,
    /** Its job has gone back to a checkpoint of all tasks: its result does not count any more. */
    ROLLED_BACK,
    /** Its job runs again. */
    RETRIED,
    /** It has a result. */
    SUCCEEDED,
    /** It was called off. */
    CANCELLED,
    /** Its result is the partition's. */
    ACCEPTED,
    /** Its result is not the one that was accepted. */
    OUTVOTED,
    /** Its result agrees with no others. */
    REJECTED,
    /** Pushed only, as nothing hangs on it: its worker has it. */
    STARTED,
    /** Pushed only: its worker had lost its connection, and is heard of before its lease ended. */
    RECONNECTED,
    /** Pushed only: the history goes with the task. */
    DELETED,
    /** Pushed only: its owner is to stop for a barrier. */
    BARRIER_PAUSE,
    /** Pushed only: its owner is to save, as all others have stopped. */
    BARRIER_PREPARE,
    /** Pushed only: the states of all tasks are one checkpoint. */
    BARRIER_DONE,
    /** Pushed only: nothing has come of the barrier. */
    BARRIER_ABORTED
  }

  private TaskHistory() {}

  /** Notes an event. The task's owner and lease must still be, or already be, those it concerns. */
  static void append(ApplyContext context, TaskEdit edit, Kind kind) {
    append(context, edit, event(context, edit, kind));
  }

  /** Notes the fault that ended an attempt. */
  static void append(ApplyContext context, TaskEdit edit, Kind kind, Fault fault) {
    append(context, edit, event(context, edit, kind).setFault(fault));
  }

  /** Tells those who watch, and keeps nothing. */
  static void push(ApplyContext context, TaskEdit edit, Kind kind) {
    emit(context, edit, event(context, edit, kind).build());
  }

  /** Tells the task's owner how far a barrier is. */
  public static void tell(ApplyContext context, TaskEdit edit, Kind kind, long barrier) {
    emit(context, edit, event(context, edit, kind).setBarrier(barrier).build());
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
