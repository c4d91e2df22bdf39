package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.RecoveryPlan;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCheckpointsRequest;
import io.cairn.protocol.v1.TaskCheckpointsResponse;
import io.cairn.protocol.v1.TaskGetRequest;
import io.cairn.protocol.v1.TaskHistoryEvent;
import io.cairn.protocol.v1.TaskHistoryRequest;
import io.cairn.protocol.v1.TaskHistoryResponse;
import io.cairn.protocol.v1.TaskListRequest;
import io.cairn.protocol.v1.TaskListResponse;
import io.cairn.protocol.v1.TaskLogRequest;
import io.cairn.protocol.v1.TaskLogResponse;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskRecoverRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskSectionRequest;
import io.cairn.protocol.v1.TaskSectionResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Answers what is asked about tasks, over a view. Each answer is bounded by {@link
 * Limits#ANSWER_BYTES_MAX} and {@link Limits#PAGE_ROWS_MAX}. A question that cannot be answered is
 * a {@link Refusal}. Any thread; the view must not change meanwhile.
 */
public final class TaskReads {
  /** Rows that one page of a list looks at, for a filter that few of them pass. */
  private static final int LIST_ROWS_MAX = 10 * Limits.PAGE_ROWS_MAX;

  private TaskReads() {}

  /** The task. Refuses TASK_NOT_FOUND. */
  public static Task get(ReadView view, TaskGetRequest request) {
    return TaskRows.require(view, request.getName()).getTask();
  }

  /** All that is kept in the task's row. Refuses TASK_NOT_FOUND. */
  public static TaskRow row(ReadView view, TaskName name) {
    return TaskRows.require(view, name);
  }

  /** Tasks of a namespace in the order of their names. */
  public static TaskListResponse list(ReadView view, TaskListRequest request) {
    String namespace = request.getNamespace();
    Checks.name("namespace", namespace, false);
    Checks.text("name prefix", request.getNamePrefix(), true, Limits.TASK_NAME_BYTES_MAX);
    Checks.text("name to go on after", request.getAfter(), true, Limits.TASK_NAME_BYTES_MAX);
    byte[] prefix = KeyLayout.task(namespace, request.getNamePrefix());
    byte[] after = KeyLayout.task(namespace, request.getAfter());
    byte[] behind = Arrays.copyOf(after, after.length + 1);
    byte[] from = Arrays.compareUnsigned(behind, prefix) > 0 ? behind : prefix;
    int limit = AnswerPage.rows(request.getLimit());
    AnswerPage page = new AnswerPage(Limits.ANSWER_BYTES_MAX);
    TaskListResponse.Builder response = TaskListResponse.newBuilder();
    int seen = 0;
    try (Cursor cursor = view.ascend(ColumnFamily.TASK, from, KeyLayout.prefixEnd(prefix))) {
      while (cursor.next()) {
        Task task = TaskRows.task(cursor.value()).getTask();
        boolean wanted =
            request.getStatesCount() == 0 || request.getStatesList().contains(task.getState());
        if (seen == LIST_ROWS_MAX
            || (wanted && (response.getTasksCount() == limit || !page.takes(task)))) {
          return response.setMore(true).build();
        }
        seen++;
        response.setLast(task.getName().getName());
        if (wanted) {
          response.addTasks(task);
        }
      }
    }
    return response.build();
  }

  /** What happened to the task, oldest first; the newest events if not all fit. */
  public static TaskHistoryResponse history(ReadView view, TaskHistoryRequest request) {
    long id = TaskRows.require(view, request.getName()).getTask().getId();
    byte[] from = KeyLayout.id(id);
    AnswerPage page = new AnswerPage(Limits.ANSWER_BYTES_MAX);
    List<TaskHistoryEvent> events = new ArrayList<>();
    try (Cursor cursor = view.descend(ColumnFamily.TASK_HISTORY, from, KeyLayout.prefixEnd(from))) {
      while (events.size() < Limits.HISTORY_EVENTS_KEPT && cursor.next()) {
        TaskHistoryEvent event = TaskRows.historyEvent(cursor.value());
        if (!page.takes(event)) {
          break;
        }
        events.add(event);
      }
    }
    Collections.reverse(events);
    return TaskHistoryResponse.newBuilder().addAllEvents(events).build();
  }

  /** Checkpoints without their bytes, newest first. Refuses CHECKPOINT_NOT_FOUND. */
  public static TaskCheckpointsResponse checkpoints(ReadView view, TaskCheckpointsRequest request) {
    Task task = TaskRows.require(view, request.getName()).getTask();
    TaskCheckpointsResponse.Builder response = TaskCheckpointsResponse.newBuilder();
    if (request.getSeq() >= 0) {
      return response.addCheckpoints(checkpoint(view, task, request.getSeq())).build();
    }
    AnswerPage page = new AnswerPage(Limits.ANSWER_BYTES_MAX);
    long oldest = Math.max(0, task.getOldestCheckpointSeq());
    for (long seq = task.getCheckpointSeq(); seq >= oldest; seq--) {
      Checkpoint checkpoint = TaskRows.keptCheckpoint(view, task.getId(), seq);
      if (!page.takes(checkpoint)) {
        return response.setMore(true).build();
      }
      response.addCheckpoints(checkpoint);
    }
    return response.build();
  }

  /** The bytes of a section of a kept checkpoint. Refuses CHECKPOINT_NOT_FOUND. */
  public static TaskSectionResponse section(ReadView view, TaskSectionRequest request) {
    Task task = TaskRows.require(view, request.getName()).getTask();
    Checkpoint checkpoint = checkpoint(view, task, request.getSeq());
    Section section =
        checkpoint.getSectionsList().stream()
            .filter(candidate -> candidate.getName().equals(request.getSection()))
            .findFirst()
            .orElseThrow(
                () ->
                    new Refusal(
                        ErrorCode.CHECKPOINT_NOT_FOUND,
                        "checkpoint " + request.getSeq() + " has no such section"));
    byte[] bytes =
        view.get(
            ColumnFamily.SECTION,
            KeyLayout.section(task.getId(), section.getStoredSeq(), section.getName()));
    if (bytes == null) {
      throw new DamagedRowException(
          "section " + section.getName() + " of checkpoint " + request.getSeq() + " is gone");
    }
    return TaskSectionResponse.newBuilder()
        .setData(ByteString.copyFrom(bytes))
        .setDigest(section.getDigest())
        .build();
  }

  /**
   * Records from an lsn on. Refuses LSN_CONFLICT for one that is no longer kept, so that no reader
   * takes a log for whole whose start is missing; 0 is the oldest kept.
   */
  public static TaskLogResponse log(ReadView view, TaskLogRequest request) {
    Task task = TaskRows.require(view, request.getName()).getTask();
    long from = request.getFromLsn();
    if (from != 0 && from < task.getFirstLsn()) {
      throw new Refusal(
          ErrorCode.LSN_CONFLICT,
          "lsn " + from + " is not kept: the log starts at " + task.getFirstLsn(),
          task.getFirstLsn(),
          from);
    }
    long bytes = request.getBytesMax();
    AnswerPage page =
        new AnswerPage(
            bytes <= 0 || bytes > Limits.ANSWER_BYTES_MAX ? Limits.ANSWER_BYTES_MAX : (int) bytes);
    List<LogRecord> records =
        records(
            view,
            task,
            Math.max(from, task.getFirstLsn()),
            AnswerPage.rows(request.getLimit()),
            page);
    boolean more =
        !records.isEmpty() && records.get(records.size() - 1).getLsn() < task.getLastLsn();
    return TaskLogResponse.newBuilder().addAllRecords(records).setMore(more).build();
  }

  /**
   * The recovery point: the newest checkpoint and the first page of the records after what it
   * covers, or what the task's plan says. An epoch that is given must be live: refuses FENCED and
   * EPOCH_UNKNOWN.
   */
  public static TaskRecoverResponse recover(ReadView view, TaskRecoverRequest request) {
    Task task = TaskRows.require(view, request.getName()).getTask();
    if (request.getEpoch() != 0) {
      Fencing.check(task, request.getEpoch());
    }
    AnswerPage page = new AnswerPage(Limits.ANSWER_BYTES_MAX);
    page.takes(task);
    RecoveryPlan plan = RecoveryPlans.of(task);
    TaskRecoverResponse.Builder response =
        TaskRecoverResponse.newBuilder().setTask(task).setFromLsn(plan.getFromLsn());
    if (plan.getCheckpointSeq() >= 0) {
      Checkpoint start = TaskRows.keptCheckpoint(view, task.getId(), plan.getCheckpointSeq());
      page.takes(start);
      response.setCheckpoint(start);
    }
    List<LogRecord> records = records(view, task, plan.getFromLsn(), Limits.PAGE_ROWS_MAX, page);
    long last = plan.getFromLsn() - 1 + records.size();
    return response.addAllRecords(records).setMore(last < task.getLastLsn()).build();
  }

  private static List<LogRecord> records(
      ReadView view, Task task, long from, int limit, AnswerPage page) {
    List<LogRecord> records = new ArrayList<>();
    if (from > task.getLastLsn()) {
      return records;
    }
    try (Cursor cursor =
        view.ascend(
            ColumnFamily.LOG,
            KeyLayout.pair(task.getId(), from),
            KeyLayout.pair(task.getId(), task.getLastLsn() + 1))) {
      while (records.size() < limit && cursor.next()) {
        LogRecord record = TaskRows.record(cursor.value());
        if (record.getLsn() != from + records.size()) {
          throw new DamagedRowException(
              "record " + (from + records.size()) + " of task " + task.getId() + " is gone");
        }
        if (!page.takes(record)) {
          break;
        }
        records.add(record);
      }
    }
    return records;
  }

  private static Checkpoint checkpoint(ReadView view, Task task, long seq) {
    if (task.getCheckpointSeq() < 0
        || seq < task.getOldestCheckpointSeq()
        || seq > task.getCheckpointSeq()) {
      throw new Refusal(
          ErrorCode.CHECKPOINT_NOT_FOUND,
          "checkpoint "
              + seq
              + " is not kept; kept are "
              + task.getOldestCheckpointSeq()
              + " to "
              + task.getCheckpointSeq(),
          task.getCheckpointSeq(),
          seq);
    }
    return TaskRows.keptCheckpoint(view, task.getId(), seq);
  }
}
