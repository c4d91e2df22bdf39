package io.cairn.core.job;

import io.cairn.core.job.Runs.Partition;
import io.cairn.core.job.Work.Place;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a board from the rows that it stands for: after a start, and after a snapshot. */
final class BoardRows {
  private BoardRows() {}

  static DispatchBoard read(ReadView view, StoredJobs stored) {
    DispatchBoard board = new DispatchBoard();
    List<Task> running = new ArrayList<>();
    try (Cursor cursor = view.ascend(ColumnFamily.WORKER, new byte[0], null)) {
      while (cursor.next()) {
        WorkerRow row = WorkerRows.worker(cursor.value());
        List<TaskEdit> tasks = DispatchedTasks.onLease(view, row.getWorker().getLease());
        board.seat(row.getWorker(), row.getSweepMillis(), tasks.size());
        tasks.forEach(edit -> running.add(edit.toTask()));
      }
    }
    running.forEach(task -> standby(view, stored, board, task));
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
    board.leftOver(view.get(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch()) != null);
    return board;
  }

  /** Brings the board in step with a job's state. */
  static void show(DispatchBoard board, StoredJob job, JobStateRow state) {
    boolean goesOn =
        state.getState() == JobState.JOB_RUNNING
            && state.getEnding() == JobState.JOB_STATE_UNSPECIFIED;
    for (int i = 0; i < state.getStagesCount(); i++) {
      int waiting = goesOn && state.getStages(i).getOpen() ? state.getStages(i).getWaiting() : 0;
      board.waiting(new Place(job.id(), i), job, waiting, !goesOn);
      if (compares(job)) {
        board.waiting(new Place(job.id(), i, true), job, 0, !goesOn);
      }
    }
  }

  private static void ready(ReadView view, StoredJobs stored, DispatchBoard board, byte[] key) {
    long job = KeyLayout.readLong(key, 0);
    int stage = KeyLayout.stageOfReady(key);
    int replica = KeyLayout.replicaOfReady(key);
    StoredJob read = stored.get(view, job);
    Partition partition = new Partition(new Place(job, stage), KeyLayout.partitionOfReady(key));
    board.again(
        Place.of(job, stage, replica),
        read,
        partition.number(),
        replica,
        read.hasSeveralRuns() ? Runs.read(view, read, partition).barred(replica) : Set.of());
  }

  private static void standby(ReadView view, StoredJobs stored, DispatchBoard board, Task task) {
    TaskOfJob of = task.getJob();
    StoredJob job = stored.get(view, of.getId());
    if (!job.hasStandbys()) {
      return;
    }
    TaskKey key = TaskKey.of(task.getName());
    if (of.getStandby().isEmpty()) {
      board.bare().add(Standbys.handler(job, of.getStage()), of.getNode(), key);
    } else {
      board.keep(board.seat(of.getStandby()).orElseThrow(), key);
    }
  }

  private static boolean compares(StoredJob job) {
    return job.spec().getVerification().getComparison() == Verification.Comparison.CUSTOM;
  }
}
