package io.cairn.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.View;
import io.cairn.protocol.CheckpointDigest;
import io.cairn.protocol.Limits;
import io.cairn.protocol.LogChain;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.RecoveryPlan;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCheckpointsRequest;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskHistoryEvent;
import io.cairn.protocol.v1.TaskHistoryRequest;
import io.cairn.protocol.v1.TaskListRequest;
import io.cairn.protocol.v1.TaskLogRequest;
import io.cairn.protocol.v1.TaskRecoverRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskSectionRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold of the tasks' rows after every command, by the model and by themselves. */
final class TaskInvariants {
  private final TaskModel model;
  private final Map<Long, Task> before = new HashMap<>();
  private long lastEpoch;
  private int steps;

  TaskInvariants(TaskModel model) {
    this.model = model;
  }

  /** What can be seen from the tasks alone. */
  void checkStep(TaskStore store) {
    Map<String, String> found = new TreeMap<>();
    Map<String, String> expected = new TreeMap<>();
    model.tasks.forEach((name, task) -> expected.put(name, task.describe()));
    List<Task> tasks = list(store.rows());
    for (Task task : tasks) {
      found.put(task.getName().getName(), describe(store.rows(), task));
      checkGrowth(task);
    }
    assertThat(found).isEqualTo(expected);
    if (!tasks.isEmpty()) {
      Task task = tasks.get(steps++ % tasks.size());
      checkRecovery(store.rows(), task, model.tasks.get(task.getName().getName()));
    }
    long epoch = store.rows().counter(Counter.EPOCH);
    assertThat(epoch).as("I4: epochs only grow").isGreaterThanOrEqualTo(lastEpoch);
    for (TaskEvent event : store.events()) {
      if (event.getEvent().getKind().equals("ACQUIRED")) {
        assertThat(event.getEvent().getEpoch()).as("I4: a new epoch").isGreaterThan(lastEpoch);
      }
    }
    lastEpoch = epoch;
  }

  /** All rows: what is acknowledged is there and whole, and nothing else is. */
  void checkAll(TaskStore store) {
    try (View view = store.view()) {
      Set<String> items = new TreeSet<>();
      long sections = 0;
      long records = 0;
      long checkpoints = 0;
      for (Task task : list(view)) {
        TaskModel.T expected = model.tasks.get(task.getName().getName());
        checkLog(view, task, expected);
        checkRecovery(view, task, expected);
        checkCheckpoints(view, task, expected);
        checkHistory(view, task, expected);
        sections += expected.bytesKept().size();
        checkpoints += expected.kept.size();
        records += expected.log.size() - expected.firstLsn + 1;
        if (expected.live()) {
          byte[] key = KeyLayout.task("default", task.getName().getName());
          items.add(hex(KeyLayout.leaseItem(expected.lease, KeyLayout.ITEM_TASK, key)));
        }
      }
      assertThat(view.counter(Counter.TASKS)).isEqualTo(model.tasks.size());
      assertThat(store.count(ColumnFamily.GARBAGE)).isZero();
      assertThat(store.count(ColumnFamily.SECTION)).isEqualTo(sections);
      assertThat(store.count(ColumnFamily.CHECKPOINT)).isEqualTo(checkpoints);
      assertThat(store.count(ColumnFamily.LOG)).isEqualTo(records);
      assertThat(store.keys(ColumnFamily.LEASE_ITEM).stream().map(TaskInvariants::hex))
          .as("I4: one owner, on one lease")
          .containsExactlyInAnyOrderElementsOf(items);
      assertThat(store.digest()).as("I7").isEqualTo(TaskStore.recomputedDigest(view));
    }
  }

  private void checkGrowth(Task task) {
    Task former = before.put(task.getId(), task);
    if (former != null) {
      assertThat(task.getEpoch()).isGreaterThanOrEqualTo(former.getEpoch());
      assertThat(task.getCheckpointSeq()).isGreaterThanOrEqualTo(former.getCheckpointSeq());
      assertThat(task.getLastLsn()).isGreaterThanOrEqualTo(former.getLastLsn());
      assertThat(task.getCoveredLsn()).isGreaterThanOrEqualTo(former.getCoveredLsn());
      assertThat(task.getFirstLsn()).isGreaterThanOrEqualTo(former.getFirstLsn());
    }
    assertThat(TaskTransitions.live(task.getState()))
        .isEqualTo(task.getLease() != 0)
        .isEqualTo(!task.getOwner().isEmpty());
  }

  private static void checkLog(ReadView view, Task task, TaskModel.T expected) {
    List<LogRecord> records = new ArrayList<>();
    TaskLogRequest.Builder request = TaskLogRequest.newBuilder().setName(task.getName());
    var page = TaskReads.log(view, request.setLimit(100).build());
    records.addAll(page.getRecordsList());
    while (page.getMore()) {
      long from = records.get(records.size() - 1).getLsn() + 1;
      page = TaskReads.log(view, request.setFromLsn(from).build());
      records.addAll(page.getRecordsList());
    }
    List<TaskModel.Entry> kept =
        expected.log.subList((int) expected.firstLsn - 1, expected.log.size());
    assertThat(records)
        .as("I5: records in order, each once")
        .extracting(
            record ->
                new TaskModel.Entry(
                    record.getPayload().toStringUtf8(),
                    record.getEpoch(),
                    record.getCheckpointSeq(),
                    record.getTimeMillis()))
        .isEqualTo(kept);
    LogChain chain = new LogChain();
    records.forEach(record -> assertThat(chain.check(record)).isEmpty());
    assertThat(chain.checkEnd(task.getLastLsn(), task.getLastDigest())).isEmpty();
  }

  private static void checkRecovery(ReadView view, Task task, TaskModel.T expected) {
    TaskRecoverResponse first =
        TaskReads.recover(view, TaskRecoverRequest.newBuilder().setName(task.getName()).build());
    List<LogRecord> records = new ArrayList<>(first.getRecordsList());
    boolean more = first.getMore();
    while (more) {
      var page =
          TaskReads.log(
              view,
              TaskLogRequest.newBuilder()
                  .setName(task.getName())
                  .setFromLsn(first.getFromLsn() + records.size())
                  .build());
      records.addAll(page.getRecordsList());
      more = page.getMore();
    }
    assertThat(first.hasCheckpoint() ? first.getCheckpoint().getSeq() : -1)
        .as("begins from")
        .isEqualTo(expected.line.base());
    assertThat(records)
        .as("gives the records that count, in order, each once")
        .extracting(LogRecord::getLsn)
        .isEqualTo(expected.line.recovered());
    assertThat(LogChain.verify(records)).isEmpty();
    assertThat(first.getFromLsn() + records.size()).isEqualTo(task.getLastLsn() + 1);
  }

  private static void checkCheckpoints(ReadView view, Task task, TaskModel.T expected) {
    TaskCheckpointsRequest all =
        TaskCheckpointsRequest.newBuilder().setName(task.getName()).setSeq(-1).build();
    List<Checkpoint> found = TaskReads.checkpoints(view, all).getCheckpointsList();
    assertThat(found)
        .as("I5: checkpoints, newest first")
        .extracting(Checkpoint::getSeq)
        .containsExactlyElementsOf(expected.kept.descendingKeySet());
    for (Checkpoint checkpoint : found) {
      TaskModel.Kept kept = expected.kept.get(checkpoint.getSeq());
      assertThat(checkpoint.getEpoch()).isEqualTo(kept.epoch());
      assertThat(checkpoint.getCoveredLsn()).isEqualTo(kept.point().covered());
      assertThat(checkpoint.getDigest()).isEqualTo(CheckpointDigest.of(checkpoint));
      Map<String, String> sections = new TreeMap<>();
      for (Section section : checkpoint.getSectionsList()) {
        TaskSectionRequest request =
            TaskSectionRequest.newBuilder()
                .setName(task.getName())
                .setSeq(checkpoint.getSeq())
                .setSection(section.getName())
                .build();
        sections.put(section.getName(), TaskReads.section(view, request).getData().toStringUtf8());
      }
      Map<String, String> whole = new TreeMap<>();
      kept.sections().forEach((name, bytes) -> whole.put(name, bytes.data));
      assertThat(sections).as("I5: whole").isEqualTo(whole);
    }
  }

  private static void checkHistory(ReadView view, Task task, TaskModel.T expected) {
    List<String> all = expected.history;
    assertThat(
            TaskReads.history(view, TaskHistoryRequest.newBuilder().setName(task.getName()).build())
                .getEventsList())
        .extracting(TaskHistoryEvent::getKind)
        .isEqualTo(all.subList(Math.max(0, all.size() - Limits.HISTORY_EVENTS_KEPT), all.size()));
  }

  private static List<Task> list(ReadView view) {
    return TaskReads.list(view, TaskListRequest.newBuilder().setNamespace("default").build())
        .getTasksList();
  }

  private static String describe(ReadView view, Task task) {
    return String.join(
        " ",
        task.getState().name(),
        "attempt " + task.getAttempt(),
        "epoch " + task.getEpoch(),
        "lease " + task.getLease(),
        "seq " + task.getOldestCheckpointSeq() + ".." + task.getCheckpointSeq(),
        "lsn " + task.getFirstLsn() + ".." + task.getLastLsn(),
        "covered " + task.getCoveredLsn(),
        "bytes " + task.getSectionBytes() + "+" + task.getLogBytes(),
        "plan " + plan(task),
        "result " + (task.getHasResult() ? task.getResult().toStringUtf8() : null),
        "events " + TaskRows.require(view, task.getName()).getHistoryLast());
  }

  private static String plan(Task task) {
    RecoveryPlan plan = task.getPlan();
    return task.hasPlan()
        ? plan.getAction() + " " + plan.getCheckpointSeq() + " " + plan.getSkipToLsn()
        : "none";
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
