package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.CloseSessionResponse;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.LeaseGrantResponse;
import io.cairn.protocol.v1.LeaseRevokeResponse;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.OpenSessionResponse;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.OutcomeError;
import io.cairn.protocol.v1.PutResponse;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.RangeResponse;
import io.cairn.protocol.v1.RecoveryPlan;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.RenewResponse;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskLogResponse;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskResponse;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskSaveResponse;
import io.cairn.protocol.v1.TaskSectionResponse;
import io.cairn.protocol.v1.TaskStageResponse;
import io.cairn.protocol.v1.TaskState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the fake nodes share: sessions that dedupe, puts that are counted, one task. */
final class FakeStore {
  private static final int PAGE_RECORDS = 2;

  final List<String> puts = new ArrayList<>();
  final List<TaskSaveRequest> saves = new ArrayList<>();
  final List<TaskCompleteRequest> completions = new ArrayList<>();
  final Set<Long> revoked = new HashSet<>();
  final FakeWorkers workers = new FakeWorkers();
  private final Map<Long, Map<Long, Outcome>> sessions = new HashMap<>();
  private final Map<Long, Map<String, ByteString>> sections = new HashMap<>();
  private final Map<String, ByteString> staged = new HashMap<>();
  private final List<LogRecord> records = new ArrayList<>();
  private final Map<Long, Checkpoint> checkpoints = new HashMap<>();
  private RecoveryPlan plan = RecoveryPlan.getDefaultInstance();
  private Task.Builder task =
      Task.newBuilder().setState(TaskState.PENDING).setCheckpointSeq(-1).setFirstLsn(1);
  private long index;
  private int resends;
  private long holder;
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

  /** The newest bytes of a section. */
  synchronized ByteString section(String name) {
    return sections
        .getOrDefault(task.getCheckpointSeq(), Map.of())
        .getOrDefault(name, ByteString.EMPTY);
  }

  /** From now on a recovery begins as the plan says. */
  synchronized void plan(RecoveryPlan next) {
    plan = next;
    task.setPlan(next);
  }

  /** Changes the bytes of a kept section behind its digest's back. */
  synchronized void damage(long seq, String name) {
    sections.getOrDefault(seq, Map.of()).put(name, ByteString.copyFromUtf8("damaged"));
  }

  /** From now on the task hangs on another's lease; 0: it is free. */
  synchronized void holdBy(long lease) {
    holder = lease;
  }

  /** From now on the task's owner has this epoch. */
  synchronized void epoch(long epoch) {
    task.setEpoch(epoch);
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
      case TASK_RECOVER -> result.setTaskRecover(recover());
      case TASK_LOG -> {
        List<LogRecord> page = page(query.getTaskLog().getFromLsn());
        result.setTaskLog(TaskLogResponse.newBuilder().addAllRecords(page));
      }
      case TASK_SECTION -> {
        Map<String, ByteString> kept =
            sections.getOrDefault(query.getTaskSection().getSeq(), Map.of());
        String name = query.getTaskSection().getSection();
        if (kept.containsKey(name)) {
          result.setTaskSection(TaskSectionResponse.newBuilder().setData(kept.get(name)));
        } else {
          result.setError(error(ErrorCode.CHECKPOINT_NOT_FOUND, 0, 0).getError());
        }
      }
      default -> {
        return workers.read(query, result);
      }
    }
    return result.build();
  }

  private TaskRecoverResponse recover() {
    boolean planned = task.hasPlan();
    long seq = planned ? plan.getCheckpointSeq() : task.getCheckpointSeq();
    long from = planned ? plan.getFromLsn() : task.getCoveredLsn() + 1;
    TaskRecoverResponse.Builder recover =
        TaskRecoverResponse.newBuilder().setTask(task).setFromLsn(from).addAllRecords(page(from));
    if (seq >= 0) {
      recover.setCheckpoint(checkpoints.getOrDefault(seq, Checkpoint.getDefaultInstance()));
    }
    return recover.build();
  }

  private List<LogRecord> page(long from) {
    return records.stream().filter(record -> record.getLsn() >= from).limit(PAGE_RECORDS).toList();
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
        workers.revoke(command.getLeaseRevoke().getId());
        outcome.setLeaseRevoke(LeaseRevokeResponse.getDefaultInstance());
      }
      case RENEW -> outcome.setRenew(renewed(command.getRenew()));
      case TASK_ACQUIRE -> {
        if (holder != 0) {
          return held(outcome);
        }
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
      case TASK_STAGE -> {
        staged.put(command.getTaskStage().getSection(), command.getTaskStage().getData());
        outcome.setTaskStage(TaskStageResponse.getDefaultInstance());
      }
      case TASK_COMPLETE -> {
        if (workers.has(command.getTaskComplete().getName())) {
          return workers.run(command, outcome);
        }
        completions.add(command.getTaskComplete());
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

  private RenewResponse renewed(RenewRequest renewal) {
    RenewResponse.Builder renewed = RenewResponse.newBuilder();
    if (renewalsAnswerLost) {
      renewed.addAllLeasesLost(renewal.getLeasesList());
    }
    if (renewalsAnswerTaskLost) {
      renewed.addAllTasksLost(renewal.getTasksList());
    }
    return renewed.build();
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
    for (int i = 0; i < save.getRecordsCount(); i++) {
      long lsn = save.getFirstLsn() + i;
      if (lsn > task.getLastLsn()) {
        ByteString payload = save.getRecords(i).getPayload();
        records.add(LogRecord.newBuilder().setLsn(lsn).setPayload(payload).build());
      }
    }
    if (save.getRecordsCount() > 0) {
      task.setLastLsn(save.getFirstLsn() + save.getRecordsCount() - 1);
    }
    if (save.hasCheckpoint()) {
      commit(save.getCheckpoint());
    }
    return outcome
        .setTaskSave(
            TaskSaveResponse.newBuilder()
                .setCheckpointSeq(task.getCheckpointSeq())
                .setLastLsn(task.getLastLsn()))
        .build();
  }

  private Outcome held(Outcome.Builder outcome) {
    return outcome
        .setTaskAcquire(
            TaskAcquireResponse.newBuilder()
                .setResult(TaskAcquireResponse.Result.HELD)
                .setTask(task.build().toBuilder().setLease(holder).setOwner("another"))
                .setTtlLeftMillis(60_000))
        .build();
  }

  private void commit(CheckpointWrite write) {
    Checkpoint.Builder manifest =
        Checkpoint.newBuilder().setSeq(write.getSeq()).setCoveredLsn(write.getCoveredLsn());
    Map<String, ByteString> bytes = new HashMap<>();
    for (SectionWrite section : write.getSectionsList()) {
      String name = section.getName();
      bytes.put(
          name,
          switch (section.getSourceCase()) {
            case INLINE -> section.getInline();
            case STAGED -> staged.getOrDefault(name, ByteString.EMPTY);
            default ->
                sections
                    .getOrDefault(section.getSameAsSeq(), Map.of())
                    .getOrDefault(name, ByteString.EMPTY);
          });
      manifest.addSections(
          Section.newBuilder()
              .setName(name)
              .setDigest(section.getDigest())
              .setLength(section.getLength()));
    }
    sections.put(write.getSeq(), bytes);
    checkpoints.put(write.getSeq(), manifest.build());
    sections.remove(write.getSeq() - Limits.CHECKPOINTS_KEPT_DEFAULT);
    checkpoints.remove(write.getSeq() - Limits.CHECKPOINTS_KEPT_DEFAULT);
    staged.clear();
    task.setCheckpointSeq(write.getSeq()).setCoveredLsn(write.getCoveredLsn()).clearPlan();
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
