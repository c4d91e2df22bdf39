package io.cairn.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.engine.Deadlines;
import io.cairn.core.job.PartitionState.Run;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.job.Work.Place;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.JobWalk;
import io.cairn.core.storage.v1.ProgressRow;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerHealth;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** What must hold of the rows of jobs, workers and tasks after every command. */
final class JobInvariants {
  private static final Set<TaskState> LIVE =
      Set.of(TaskState.CLAIMED, TaskState.RUNNING, TaskState.SUSPECT);

  private final Map<String, Long> epochs = new HashMap<>();
  private final Deadlines deadlines = new Deadlines();
  private long lastEpoch;

  /** The rows of one moment, decoded. */
  private static final class Rows {
    final ReadView view;
    final Map<Long, StoredJob> jobs = new LinkedHashMap<>();
    final Map<Long, JobStateRow> states = new LinkedHashMap<>();
    final Map<String, WorkerRow> workers = new LinkedHashMap<>();
    final List<Task> tasks = new ArrayList<>();
    final Set<String> expectedDeadlines = new TreeSet<>();
    final Set<String> expectedReady = new TreeSet<>();
    final Set<String> expectedItems = new TreeSet<>();

    Rows(ReadView view) {
      this.view = view;
      each(ColumnFamily.JOB_STATE, (key, value) -> state(KeyLayout.readLong(key, 0), value));
      each(
          ColumnFamily.WORKER,
          (key, value) -> {
            WorkerRow row = WorkerRows.worker(value);
            workers.put(row.getWorker().getId(), row);
          });
      each(ColumnFamily.TASK, (key, value) -> tasks.add(TaskEdit.of(key, value).toTask()));
    }

    private void state(long id, byte[] value) {
      states.put(id, StoredJob.state(id, value));
      jobs.put(id, StoredJob.read(view, id));
    }

    private void each(ColumnFamily family, BiConsumer<byte[], byte[]> row) {
      try (Cursor cursor = view.ascend(family, new byte[0], null)) {
        while (cursor.next()) {
          row.accept(cursor.key(), cursor.value());
        }
      }
    }
  }

  void check(JobStore store) {
    Rows rows = new Rows(store.rows());
    checkEpochs(store, rows);
    rows.states.forEach((id, state) -> checkCounts(rows, id, state));
    rows.tasks.forEach(task -> checkTask(rows, task));
    rows.workers.values().forEach(worker -> checkWorker(rows, worker));
    rows.states.forEach((id, state) -> checkState(rows, id, state));
    boolean leftOver = rows.view.get(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch()) != null;
    if (leftOver) {
      rows.expectedDeadlines.add(hex(KeyLayout.leftOverDispatch()));
    } else {
      checkNothingWaits(rows);
    }
    assertThat(keys(rows, ColumnFamily.READY)).isEqualTo(rows.expectedReady);
    assertThat(keys(rows, ColumnFamily.LEASE_ITEM))
        .as("each live task hangs on its worker's lease, and nothing else does")
        .isEqualTo(rows.expectedItems);
    Set<String> listed = new TreeSet<>(keys(rows, ColumnFamily.DEADLINE));
    listed.removeIf(key -> key.substring(16, 18).equals("00")); // of leases
    assertThat(listed).isEqualTo(rows.expectedDeadlines);
    assertThat(rows.view.counter(Counter.JOBS)).isEqualTo(rows.states.size());
    assertThat(rows.view.counter(Counter.WORKERS)).isEqualTo(rows.workers.size());
    assertThat(rows.view.counter(Counter.TASKS)).isEqualTo(rows.tasks.size());
    assertThat(deadlines.nearestMillis(rows.view))
        .as("what was found empty stays empty")
        .isEqualTo(new Deadlines().nearestMillis(rows.view));
    store.checkBoard();
  }

  private void checkEpochs(JobStore store, Rows rows) {
    for (TaskEvent event : store.events()) {
      if (event.getEvent().getKind().equals("CLAIMED")) {
        assertThat(event.getEvent().getEpoch()).as("I4: a new epoch").isGreaterThan(lastEpoch);
        lastEpoch = event.getEvent().getEpoch();
      }
    }
    for (Task task : rows.tasks) {
      long before = epochs.getOrDefault(task.getName().getName() + task.getId(), 0L);
      assertThat(task.getEpoch()).as("I4: epochs grow").isGreaterThanOrEqualTo(before);
      epochs.put(task.getName().getName() + task.getId(), task.getEpoch());
    }
  }

  /** What the state says is what the tasks' rows say. */
  private static void checkCounts(Rows rows, long id, JobStateRow state) {
    StoredJob job = rows.jobs.get(id);
    for (int i = 0; i < state.getStagesCount(); i++) {
      String name = job.stage(i).getName();
      Map<Integer, List<Run>> made = new HashMap<>();
      for (Task task : rows.tasks) {
        if (task.getJob().getId() == id && task.getJob().getStage().equals(name)) {
          made.computeIfAbsent(task.getJob().getPartition(), unused -> new ArrayList<>())
              .add(Run.of(task));
        }
      }
      Map<PartitionState, Integer> counts = new EnumMap<>(PartitionState.class);
      made.values().forEach(runs -> counts.merge(PartitionState.of(runs), 1, Integer::sum));
      StageRow stage = state.getStages(i);
      String of = "stage " + name + " of " + job.name().getName() + ": " + stage;
      assertThat(stage.getPending()).as(of).isEqualTo(count(counts, PartitionState.PENDING));
      assertThat(stage.getRunning()).as(of).isEqualTo(count(counts, PartitionState.RUNNING));
      assertThat(stage.getSucceeded()).as(of).isEqualTo(count(counts, PartitionState.SUCCEEDED));
      assertThat(stage.getFailed()).as(of).isEqualTo(count(counts, PartitionState.FAILED));
      assertThat(stage.getCancelled() - stage.getUnmade())
          .as(of)
          .isEqualTo(count(counts, PartitionState.CANCELLED));
      assertThat(made.size() + stage.getWaiting() + stage.getUnmade())
          .as(of)
          .isEqualTo(job.stage(i).getPartitions());
      assertThat(stage.getDurationsList().stream().mapToInt(Integer::intValue).sum())
          .as(of)
          .isLessThanOrEqualTo(job.hasSeveralRuns() ? Integer.MAX_VALUE : stage.getSucceeded());
    }
  }

  private static void checkTask(Rows rows, Task task) {
    JobStateRow state = rows.states.get(task.getJob().getId());
    if (state == null) {
      assertThat(LIVE).as("a task of a deleted job").doesNotContain(task.getState());
      return;
    }
    byte[] key = KeyLayout.task(task.getName().getNamespace(), task.getName().getName());
    assertThat(LIVE.contains(task.getState()))
        .isEqualTo(task.getLease() != 0)
        .isEqualTo(!task.getOwner().isEmpty());
    if (task.getLease() != 0) {
      WorkerRow row = rows.workers.get(task.getOwner());
      assertThat(row).as("the worker of " + task.getName()).isNotNull();
      assertThat(row.getWorker().getLease()).isEqualTo(task.getLease());
      assertThat(task.getJob().getWorker()).isEqualTo(task.getOwner());
      assertThat(task.getJob().getNode()).isEqualTo(row.getWorker().getNode());
      rows.expectedItems.add(hex(KeyLayout.leaseItem(task.getLease(), KeyLayout.ITEM_TASK, key)));
    } else if (task.getState() == TaskState.PENDING) {
      long retry = task.getJob().getRetryTimeMillis();
      if (retry > 0) {
        byte[] row = Attempts.retryKey(retry, task.getId());
        assertThat(rows.view.get(ColumnFamily.DEADLINE, row)).isEqualTo(key);
        rows.expectedDeadlines.add(hex(row));
      } else {
        rows.expectedReady.add(
            hex(
                KeyLayout.ready(
                    task.getJob().getId(),
                    rows.jobs.get(task.getJob().getId()).stageIndex(task.getJob().getStage()),
                    task.getJob().getPartition(),
                    task.getJob().getReplica())));
      }
    }
    boolean compares = task.getJob().getReplica() == Runs.COMPARISON;
    if (!compares && task.getJob().getDecision() != TaskOfJob.Decision.OUTVOTED) {
      assertThat(task.getHasResult()).isEqualTo(task.getState() == TaskState.SUCCEEDED);
    }
    assertThat(task.getJob().getSuspectTimeMillis() > 0)
        .isEqualTo(task.getState() == TaskState.SUSPECT);
  }

  private static void checkWorker(Rows rows, WorkerRow row) {
    Worker worker = row.getWorker();
    rows.expectedItems.add(
        hex(
            KeyLayout.leaseItem(
                worker.getLease(), KeyLayout.ITEM_WORKER, KeyLayout.worker(worker.getId()))));
    long running = running(rows, worker);
    assertThat(running).isLessThanOrEqualTo(worker.getCapacity());
    assertThat(row.getSweepMillis() > 0)
        .as("somebody looks at tasks of " + worker.getId())
        .isIn(true, running > 0);
    if (row.getSweepMillis() > 0) {
      byte[] sweep = WorkerRows.sweepKey(row.getSweepMillis(), worker);
      assertThat(rows.view.get(ColumnFamily.DEADLINE, sweep))
          .isEqualTo(KeyLayout.worker(worker.getId()));
      rows.expectedDeadlines.add(hex(sweep));
    }
    for (Task task : rows.tasks) {
      if (task.getLease() == worker.getLease()) {
        assertThat(row.getSweepMillis())
            .as("when " + task.getName().getName() + " is looked at: " + task.getJob())
            .isLessThanOrEqualTo(lookMillis(rows, task));
      }
    }
  }

  /** When something is due about a live task, if nothing else happens. */
  private static long lookMillis(Rows rows, Task task) {
    Detection detection = rows.jobs.get(task.getJob().getId()).spec().getDetection();
    long floor = rows.view.counter(Counter.FLOOR);
    long heard = LeaseTable.find(rows.view, task.getLease()).orElseThrow().getRenewTimeMillis();
    TaskOfJob of = task.getJob();
    long look =
        Math.max(Math.max(heard, floor), of.getClaimTimeMillis()) + detection.getTtlMillis();
    if (task.getState() == TaskState.CLAIMED) {
      return Math.min(look, Math.max(of.getClaimTimeMillis(), floor) + detection.getAckMillis());
    }
    if (detection.getAttemptMillisMax() > 0) {
      look = Math.min(look, of.getStartTimeMillis() + detection.getAttemptMillisMax());
    }
    if (task.getState() == TaskState.SUSPECT) {
      return detection.getSuspectMillisMax() == 0
          ? look
          : Math.min(
              look, Math.max(of.getSuspectTimeMillis(), floor) + detection.getSuspectMillisMax());
    }
    if (detection.getNoProgressMillis() == 0) {
      return look;
    }
    long since = Math.max(of.getStartTimeMillis(), floor);
    for (ProgressRow known : WorkerRows.report(rows.view, task.getOwner()).getTasksList()) {
      if (known.getProgress().getName().equals(task.getName())
          && known.getProgress().getEpoch() == task.getEpoch()) {
        since = Math.max(since, known.getChangeTimeMillis());
      }
    }
    return Math.min(look, since + detection.getNoProgressMillis());
  }

  private static void checkState(Rows rows, long id, JobStateRow state) {
    boolean ended = state.getState() != JobState.JOB_RUNNING;
    int left = 0;
    int open = 0;
    for (StageRow stage : state.getStagesList()) {
      left += stage.getWaiting() + stage.getPending() + stage.getRunning();
      open += (stage.getOpen() ? stage.getWaiting() : 0) + stage.getPending() + stage.getRunning();
    }
    boolean goesOn = state.getWalk() != JobWalk.NO_WALK;
    assertThat(ended).as("job " + id + " " + state).isEqualTo(open == 0 && !goesOn);
    assertThat(ended && left > 0).as("job " + id + " " + state).isFalse();
    assertThat(state.getEndTimeMillis() > 0).isEqualTo(ended);
    assertThat(state.getStats().getFaults()).isEqualTo(state.getFaultsLast());
    if (state.getState() == JobState.JOB_SUCCEEDED) {
      for (int i = 0; i < state.getStagesCount(); i++) {
        assertThat(state.getStages(i).getSucceeded())
            .isEqualTo(rows.jobs.get(id).stage(i).getPartitions());
      }
    }
    boolean keeps = ended && rows.jobs.get(id).spec().getKeepMillis() > 0;
    assertThat(state.getTickMillis() > 0).isEqualTo(goesOn || keeps);
    if (state.getTickMillis() > 0) {
      rows.expectedDeadlines.add(
          hex(KeyLayout.deadline(state.getTickMillis(), KeyLayout.DEADLINE_JOB_TICK, id)));
    }
  }

  /** No task waits while somebody who can run it has room. */
  private static void checkNothingWaits(Rows rows) {
    List<Worker> free =
        rows.workers.values().stream()
            .map(WorkerRow::getWorker)
            .filter(worker -> worker.getHealth() == WorkerHealth.HEALTHY)
            .filter(worker -> running(rows, worker) + kept(rows, worker) < worker.getCapacity())
            .toList();
    rows.states.forEach(
        (id, state) -> {
          boolean goesOn =
              state.getState() == JobState.JOB_RUNNING
                  && state.getEnding() == JobState.JOB_STATE_UNSPECIFIED;
          if (goesOn) {
            checkNothingWaits(rows, id, state, free);
          }
        });
  }

  private static void checkNothingWaits(Rows rows, long id, JobStateRow state, List<Worker> free) {
    StoredJob job = rows.jobs.get(id);
    for (int i = 0; i < state.getStagesCount(); i++) {
      String handler = job.handler(new Place(id, i));
      assertThat(
              state.getStages(i).getOpen()
                  && state.getStages(i).getWaiting() > 0
                  && free.stream().anyMatch(worker -> worker.getHandlersList().contains(handler)))
          .isFalse();
    }
    for (Task task : rows.tasks) {
      TaskOfJob of = task.getJob();
      if (of.getId() == id
          && task.getState() == TaskState.PENDING
          && of.getRetryTimeMillis() == 0) {
        String handler = job.handler(Place.of(id, job.stageIndex(of.getStage()), of.getReplica()));
        Set<String> barred =
            Runs.read(rows.view, job, Partition.of(job, of)).barred(of.getReplica());
        assertThat(free)
            .as(task.getName().getName() + " waits")
            .noneMatch(
                worker ->
                    worker.getHandlersList().contains(handler) && !barred.contains(worker.getId()));
      }
    }
  }

  /** Places that a worker keeps free for tasks of others. */
  private static long kept(Rows rows, Worker worker) {
    return rows.tasks.stream()
        .filter(task -> task.getJob().getStandby().equals(worker.getId()))
        .count();
  }

  private static long running(Rows rows, Worker worker) {
    return rows.tasks.stream().filter(task -> task.getLease() == worker.getLease()).count();
  }

  private static int count(Map<PartitionState, Integer> counts, PartitionState state) {
    return counts.getOrDefault(state, 0);
  }

  private static Set<String> keys(Rows rows, ColumnFamily family) {
    Set<String> keys = new TreeSet<>();
    JobStore.keys(rows.view, family).forEach(key -> keys.add(hex(key)));
    return keys;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
