package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.CloseSessionResponse;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.LeaseGrantResponse;
import io.cairn.protocol.v1.LeaseRevokeResponse;
import io.cairn.protocol.v1.OpenSessionResponse;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.OutcomeError;
import io.cairn.protocol.v1.PutResponse;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.RangeResponse;
import io.cairn.protocol.v1.RenewResponse;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskResponse;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskSaveResponse;
import io.cairn.protocol.v1.TaskSectionResponse;
import io.cairn.protocol.v1.TaskState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the fake nodes share: sessions that dedupe, puts that are counted, one task. */
final class FakeStore {
  final List<String> puts = new ArrayList<>();
  final List<TaskSaveRequest> saves = new ArrayList<>();
  final Set<Long> revoked = new HashSet<>();
  final FakeWorkers workers = new FakeWorkers();
  private final Map<Long, Map<Long, Outcome>> sessions = new HashMap<>();
  private final Map<String, ByteString> sections = new HashMap<>();
  private Task.Builder task =
      Task.newBuilder().setState(TaskState.PENDING).setCheckpointSeq(-1).setFirstLsn(1);
  private Checkpoint newest = Checkpoint.getDefaultInstance();
  private long index;
  private int resends;
  private boolean renewalsAnswerLost;
  private boolean renewalsAnswerTaskLost;

  synchronized void expireSessions() {
    sessions.clear();
  }

  synchronized int openSessions() {
    return sessions.size();
  }

  synchronized List<String> puts() {
    return List.copyOf(puts);
  }

  synchronized List<TaskSaveRequest> saves() {
    return List.copyOf(saves);
  }

  synchronized int resends() {
    return resends;
  }

  synchronized Task task() {
    return task.build();
  }

  synchronized ByteString section(String name) {
    return sections.getOrDefault(name, ByteString.EMPTY);
  }

  /** From now on another owns the task. */
  synchronized void giveTaskToAnother() {
    task.setEpoch(task.getEpoch() + 1).setOwner("another").setLease(99);
  }

  /** From now on renewals find that the task is not owned any more. */
  synchronized void loseTasks() {
    renewalsAnswerTaskLost = true;
  }

  synchronized void loseLeases() {
    renewalsAnswerLost = true;
  }

  synchronized Outcome apply(ByteString bytes) {
    Command command;
    try {
      command = Command.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    index++;
    long session = command.getSession();
    if (session == 0) {
      return run(command);
    }
    Map<Long, Outcome> outcomes = sessions.get(session);
    if (outcomes == null) {
      return error(ErrorCode.SESSION_EXPIRED, 0, session);
    }
    outcomes.keySet().removeIf(sequence -> sequence < command.getFirstUnanswered());
    Outcome before = outcomes.get(command.getSequence());
    if (before != null) {
      return before;
    }
    Outcome outcome = run(command);
    outcomes.put(command.getSequence(), outcome);
    return outcome;
  }

  synchronized QueryResult read(Query query) {
    QueryResult.Builder result = QueryResult.newBuilder().setAppliedIndex(index).setRevision(index);
    switch (query.getQueryCase()) {
      case RANGE -> result.setRange(RangeResponse.getDefaultInstance());
      case TASK_RECOVER -> {
        TaskRecoverResponse.Builder recover =
            TaskRecoverResponse.newBuilder().setTask(task).setFromLsn(newest.getCoveredLsn() + 1);
        if (task.getCheckpointSeq() >= 0) {
          recover.setCheckpoint(newest);
        }
        result.setTaskRecover(recover);
      }
      case TASK_SECTION ->
          result.setTaskSection(
              TaskSectionResponse.newBuilder()
                  .setData(section(query.getTaskSection().getSection())));
      default -> {
        return workers.read(query, result);
      }
    }
    return result.build();
  }

  private Outcome run(Command command) {
    Outcome.Builder outcome = Outcome.newBuilder().setIndex(index).setRevision(index);
    switch (command.getOpCase()) {
      case OPEN_SESSION -> {
        sessions.put(index, new HashMap<>());
        outcome.setOpenSession(OpenSessionResponse.newBuilder().setSession(index));
      }
      case CLOSE_SESSION -> {
        sessions.remove(command.getSession());
        outcome.setCloseSession(CloseSessionResponse.getDefaultInstance());
      }
      case PUT -> {
        puts.add(command.getPut().getKey().toStringUtf8());
        outcome.setPut(PutResponse.getDefaultInstance());
      }
      case LEASE_GRANT ->
          outcome.setLeaseGrant(
              LeaseGrantResponse.newBuilder()
                  .setId(index)
                  .setTtlMillis(command.getLeaseGrant().getTtlMillis()));
      case LEASE_REVOKE -> {
        revoked.add(command.getLeaseRevoke().getId());
        outcome.setLeaseRevoke(LeaseRevokeResponse.getDefaultInstance());
      }
      case RENEW -> {
        RenewResponse.Builder renewed = RenewResponse.newBuilder();
        if (renewalsAnswerLost) {
          renewed.addAllLeasesLost(command.getRenew().getLeasesList());
        }
        if (renewalsAnswerTaskLost) {
          renewed.addAllTasksLost(command.getRenew().getTasksList());
        }
        outcome.setRenew(renewed);
      }
      case TASK_ACQUIRE -> {
        task.setName(command.getTaskAcquire().getName())
            .setEpoch(task.getEpoch() + 1)
            .setAttempt(task.getAttempt() + 1)
            .setState(TaskState.RUNNING)
            .setLease(command.getTaskAcquire().getLease());
        outcome.setTaskAcquire(TaskAcquireResponse.newBuilder().setTask(task));
      }
      case TASK_SAVE -> {
        return save(command.getTaskSave(), outcome);
      }
      case TASK_COMPLETE -> {
        if (workers.has(command.getTaskComplete().getName())) {
          return workers.run(command, outcome);
        }
        task.setState(TaskState.SUCCEEDED).setHasResult(true);
        outcome.setTask(TaskResponse.newBuilder().setTask(task));
      }
      case TASK_RELEASE -> {
        if (workers.has(command.getTaskRelease().getName())) {
          return workers.run(command, outcome);
        }
        task.setState(TaskState.PENDING);
        outcome.setTask(TaskResponse.newBuilder().setTask(task));
      }
      default -> {
        return workers.run(command, outcome);
      }
    }
    return outcome.build();
  }

  private Outcome save(TaskSaveRequest save, Outcome.Builder outcome) {
    if (save.getEpoch() != task.getEpoch()) {
      return error(ErrorCode.FENCED, task.getEpoch(), save.getEpoch());
    }
    if (save.getRecordsCount() > 0 && save.getFirstLsn() > task.getLastLsn() + 1) {
      return error(ErrorCode.LSN_GAP, task.getLastLsn() + 1, save.getFirstLsn());
    }
    if (save.hasCheckpoint() && save.getCheckpoint().getSeq() > task.getCheckpointSeq() + 1) {
      return error(ErrorCode.SEQ_GAP, task.getCheckpointSeq() + 1, save.getCheckpoint().getSeq());
    }
    if (save.hasCheckpoint() && save.getCheckpoint().getSeq() <= task.getCheckpointSeq()) {
      return again(save, outcome);
    }
    saves.add(save);
    if (save.getRecordsCount() > 0) {
      task.setLastLsn(save.getFirstLsn() + save.getRecordsCount() - 1);
    }
    if (save.hasCheckpoint()) {
      task.setCheckpointSeq(save.getCheckpoint().getSeq());
      Checkpoint.Builder manifest =
          Checkpoint.newBuilder()
              .setSeq(save.getCheckpoint().getSeq())
              .setCoveredLsn(save.getCheckpoint().getCoveredLsn());
      for (SectionWrite section : save.getCheckpoint().getSectionsList()) {
        if (section.hasInline()) {
          sections.put(section.getName(), section.getInline());
        }
        manifest.addSections(
            Section.newBuilder().setName(section.getName()).setDigest(section.getDigest()));
      }
      newest = manifest.build();
    }
    return outcome
        .setTaskSave(
            TaskSaveResponse.newBuilder()
                .setCheckpointSeq(task.getCheckpointSeq())
                .setLastLsn(task.getLastLsn()))
        .build();
  }

  /** What repeats a checkpoint that is kept is answered; another is refused. */
  private Outcome again(TaskSaveRequest save, Outcome.Builder outcome) {
    long seq = save.getCheckpoint().getSeq();
    if (seq <= task.getCheckpointSeq() - Limits.CHECKPOINTS_KEPT_DEFAULT) {
      return error(ErrorCode.SEQ_CONFLICT, task.getCheckpointSeq() + 1, seq);
    }
    resends++;
    return outcome.setTaskSave(TaskSaveResponse.newBuilder().setCheckpointSeq(seq)).build();
  }

  private Outcome error(ErrorCode code, long expected, long actual) {
    return Outcome.newBuilder()
        .setIndex(index)
        .setError(
            OutcomeError.newBuilder()
                .setCode(code.number())
                .setMessage("fake " + code)
                .setExpected(expected)
                .setActual(actual))
        .build();
  }
}
