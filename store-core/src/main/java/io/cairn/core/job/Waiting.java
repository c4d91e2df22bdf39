package io.cairn.core.job;

import io.cairn.core.job.Runs.Partition;
import io.cairn.core.job.Work.Place;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerHealth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * For what a task waits that is PENDING, in words: read from the same rows that the board of
 * dispatch stands for, as the board itself belongs to the applying thread. Any thread.
 */
final class Waiting {
  /** Rows of workers and of their tasks that are looked at. */
  private static final int ROWS_MAX = 10 * Limits.PAGE_ROWS_MAX;

  private final List<Worker> able = new ArrayList<>();
  private final Map<String, Integer> running = new HashMap<>();
  private final Map<String, Integer> kept = new HashMap<>();
  private boolean isAll = true;

  private Waiting() {}

  /** For what the task waits. */
  static String of(ReadView view, StoredJob job, JobStateRow state, Task task) {
    TaskOfJob of = task.getJob();
    if (of.getRetryTimeMillis() > 0) {
      return "%d ms more: the pause behind its last fault"
          .formatted(Math.max(0, of.getRetryTimeMillis() - view.counter(Counter.LOG_TIME)));
    }
    if (state.getState() != JobState.JOB_RUNNING
        || state.getEnding() != JobState.JOB_STATE_UNSPECIFIED) {
      return "for nothing: its job ends";
    }
    if (JobRollback.underWay(job, state)) {
      return "until all tasks of its job have gone back to one point";
    }
    Place place = Place.of(job.id(), job.stageIndex(of.getStage()), of.getReplica());
    String handler = job.handler(place);
    Set<String> barred = Set.of();
    if (job.hasSeveralRuns()) {
      Partition partition = Partition.of(job, of);
      barred = Runs.read(view, job, partition).barred(of.getReplica());
    }
    Waiting waiting = new Waiting();
    waiting.look(view, handler);
    return waiting.told(handler, barred);
  }

  private void look(ReadView view, String handler) {
    int rows = 0;
    try (Cursor cursor = view.ascend(ColumnFamily.WORKER, new byte[0], null)) {
      while (cursor.next()) {
        if (rows >= ROWS_MAX) {
          isAll = false;
          return;
        }
        Worker worker = WorkerRows.worker(cursor.value()).getWorker();
        List<TaskEdit> tasks = DispatchedTasks.onLease(view, worker.getLease());
        rows += 1 + tasks.size();
        running.put(worker.getId(), tasks.size());
        for (TaskEdit edit : tasks) {
          kept.merge(edit.task().getJob().getStandby(), 1, Integer::sum);
        }
        if (worker.getHandlersList().contains(handler)) {
          able.add(worker);
        }
      }
    }
  }

  private String told(String handler, Set<String> barred) {
    if (able.isEmpty()) {
      return "for a worker: none%s has handler '%s'".formatted(isAll ? "" : " looked at", handler);
    }
    List<Worker> allowed =
        able.stream().filter(worker -> !barred.contains(worker.getId())).toList();
    List<Worker> unwell =
        allowed.stream().filter(worker -> worker.getHealth() != WorkerHealth.HEALTHY).toList();
    int places = 0;
    int free = 0;
    for (Worker worker : allowed) {
      places += worker.getCapacity();
      free += unwell.contains(worker) ? 0 : free(worker);
    }
    StringBuilder text =
        new StringBuilder("for a worker: %s '%s'".formatted(have(able.size()), handler));
    if (able.size() > allowed.size()) {
      text.append(
          ", %d of which had or have other runs of this partition"
              .formatted(able.size() - allowed.size()));
    }
    if (allowed.isEmpty()) {
      return text.append("; each run needs a worker of its own").toString();
    }
    text.append("; %d of %d places are free".formatted(free, places));
    if (able.size() > allowed.size()) {
      text.append(" on the other ").append(allowed.size());
    }
    for (Worker worker : unwell) {
      text.append("; %s is %s and gets nothing new".formatted(worker.getId(), worker.getHealth()));
    }
    int standing = allowed.stream().mapToInt(one -> kept.getOrDefault(one.getId(), 0)).sum();
    if (standing > 0) {
      text.append("; %d are kept for tasks of other nodes".formatted(standing));
    }
    return text.toString();
  }

  private int free(Worker worker) {
    String id = worker.getId();
    int taken = running.getOrDefault(id, 0) + kept.getOrDefault(id, 0);
    return Math.max(0, worker.getCapacity() - taken);
  }

  private static String have(int count) {
    return count == 1 ? "1 worker has handler" : count + " workers have handler";
  }
}
