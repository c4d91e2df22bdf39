package io.cairn.core.job;

import io.cairn.core.job.Work.Place;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.protocol.v1.JobState;

/** Reads a board from the rows that it stands for: after a start, and after a snapshot. */
final class BoardRows {
  private BoardRows() {}

  static DispatchBoard read(ReadView view, StoredJobs stored) {
    DispatchBoard board = new DispatchBoard();
    try (Cursor cursor = view.ascend(ColumnFamily.WORKER, new byte[0], null)) {
      while (cursor.next()) {
        WorkerRow row = WorkerRows.worker(cursor.value());
        int running = DispatchedTasks.onLease(view, row.getWorker().getLease()).size();
        board.seat(row.getWorker(), row.getSweepMillis(), running);
      }
    }
    try (Cursor cursor = view.ascend(ColumnFamily.READY, new byte[0], null)) {
      while (cursor.next()) {
        ready(view, stored, board, cursor.key());
      }
    }
    try (Cursor cursor = view.ascend(ColumnFamily.JOB_STATE, new byte[0], null)) {
      while (cursor.next()) {
        long id = KeyLayout.readLong(cursor.key(), 0);
        JobStateRow state = StoredJob.state(id, cursor.value());
        if (state.getState() == JobState.JOB_RUNNING) {
          show(board, stored.get(view, id), state);
        }
      }
    }
    board.leftOver(view.get(ColumnFamily.DEADLINE, Dispatch.leftOverKey()) != null);
    return board;
  }

  /** Brings the board in step with a job's state. */
  static void show(DispatchBoard board, StoredJob job, JobStateRow state) {
    boolean goesOn =
        state.getState() == JobState.JOB_RUNNING
            && state.getEnding() == JobState.JOB_STATE_UNSPECIFIED;
    boolean halted = !goesOn || JobRollback.underWay(job, state);
    for (int i = 0; i < state.getStagesCount(); i++) {
      int waiting = goesOn && state.getStages(i).getOpen() ? state.getStages(i).getWaiting() : 0;
      board.waiting(new Place(job.id(), i), job.stage(i), waiting, halted);
    }
  }

  private static void ready(ReadView view, StoredJobs stored, DispatchBoard board, byte[] key) {
    long job = KeyLayout.readLong(key, 0);
    int stage = KeyLayout.stageOfReady(key);
    board.again(
        new Place(job, stage),
        stored.get(view, job).stage(stage),
        KeyLayout.partitionOfReady(key),
        KeyLayout.replicaOfReady(key));
  }
}
