package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.KeyLayout;
import io.cairn.protocol.CheckpointDigest;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskFailRequest;
import io.cairn.protocol.v1.TaskReleaseRequest;
import io.cairn.protocol.v1.TaskState;
import java.util.Optional;
import java.util.Set;

/**
 * How an epoch ends: its owner completes, fails or gives back, or somebody else ends it. The one
 * place where an end is written, of plain tasks and of those of jobs.
 *
 * <p>The row keeps the digest of the call that ended the newest epoch, until anything else happens
 * to the task. A resend of the very same call under the same epoch is answered with the task, which
 * is still as the first call left it; any other call of that epoch is fenced (I4). Applying thread
 * only.
 */
public final class TaskEndings {
  private final JobTasks jobs;

  /** Endings of tasks that may belong to {@code jobs}. */
  public TaskEndings(JobTasks jobs) {
    this.jobs = jobs;
  }

  /** What ends an epoch, or a waiting task. A fault that did is the task's newest. */
  private record Ending(TaskCause cause, TaskHistory.Kind kind, ByteString digest) {
    static Ending byOther(TaskCause cause, TaskHistory.Kind kind) {
      return new Ending(cause, kind, ByteString.EMPTY);
    }

    boolean byFault() {
      return cause == TaskCause.RETRY || cause == TaskCause.FAIL;
    }

    /** Those of whom many may end in one command leave staged sections to the next claim. */
    boolean dropsStaged() {
      return kind != TaskHistory.Kind.LOST;
    }
  }

  Task complete(ApplyContext context, TaskCompleteRequest request) {
    Batch batch = context.batch();
    TaskEdit edit = TaskEdit.require(batch, request.getName());
    ByteString endDigest = digest(request);
    if (endedAlready(edit, request.getEpoch(), endDigest)) {
      return edit.toTask();
    }
    Fencing.check(edit.task(), request.getEpoch());
    SentRecords sent =
        SentRecords.checked(request.getEpoch(), request.getFirstLsn(), request.getRecordsList());
    Optional<CheckpointWrite> write =
        request.hasCheckpoint() ? Optional.of(request.getCheckpoint()) : Optional.empty();
    if (edit.ofJob() && write.isPresent()) {
      jobs.checkWrite(context, edit, write.get().getSeq());
    }
    SavePlan plan = SavePlan.of(batch, edit, sent, write);
    Checks.size("result's bytes", request.getResult().size(), Limits.RESULT_BYTES_MAX);
    if (!Sha256.of(request.getResult()).equals(request.getResultDigest())) {
      throw new Refusal(
          ErrorCode.DIGEST_MISMATCH, "the bytes of the result do not have its digest");
    }
    ResultShape.check(request.getValue());
    WorkAccount.check(request.getStats());
    if (edit.ofJob()) {
      jobs.checkResult(batch, edit.toTask(), request.getValue());
    }
    edit.requireNext(TaskCause.COMPLETE);
    if (plan.changes()) {
      plan.write(context, edit);
    }
    edit.task()
        .setResult(request.getResult())
        .setResultDigest(request.getResultDigest())
        .setHasResult(true);
    if (request.hasValue()) {
      edit.task().setResultValue(request.getValue());
    }
    if (request.hasStats()) {
      WorkAccount.add(edit.task(), request.getStats());
    }
    return end(
        context, edit, new Ending(TaskCause.COMPLETE, TaskHistory.Kind.SUCCEEDED, endDigest));
  }

  Task fail(ApplyContext context, TaskFailRequest request) {
    Batch batch = context.batch();
    TaskEdit edit = TaskEdit.require(batch, request.getName());
    ByteString endDigest = digest(request);
    if (endedAlready(edit, request.getEpoch(), endDigest)) {
      return edit.toTask();
    }
    Fencing.check(edit.task(), request.getEpoch());
    Fault given = FaultShape.checked(request.getFault());
    TaskCause cause = given.getRetryable() ? TaskCause.RETRY : TaskCause.FAIL;
    WorkAccount.check(request.getStats());
    edit.requireNext(cause);
    edit.task().setFault(stamped(context, edit, given));
    if (request.hasStats()) {
      WorkAccount.add(edit.task(), request.getStats());
    }
    return end(context, edit, new Ending(cause, TaskHistory.Kind.FAILED, endDigest));
  }

  Task release(ApplyContext context, TaskReleaseRequest request) {
    TaskEdit edit = TaskEdit.require(context.batch(), request.getName());
    ByteString endDigest = new Sha256().text("release").number(request.getEpoch()).digest();
    if (endedAlready(edit, request.getEpoch(), endDigest)) {
      return edit.toTask();
    }
    Fencing.check(edit.task(), request.getEpoch());
    WorkAccount.check(request.getStats());
    edit.requireNext(TaskCause.RELEASE);
    if (request.hasStats()) {
      WorkAccount.add(edit.task(), request.getStats());
    }
    return end(context, edit, new Ending(TaskCause.RELEASE, TaskHistory.Kind.RELEASED, endDigest));
  }

  /** Ends a live attempt of a job's task by a fault that was found, not reported. */
  public void fault(ApplyContext context, TaskEdit edit, TaskHistory.Kind kind, Fault fault) {
    edit.task().setFault(stamped(context, edit, fault));
    end(context, edit, Ending.byOther(TaskCause.RETRY, kind));
  }

  /** Takes a live attempt of a job's task from its worker, without a fault. */
  public void takeBack(ApplyContext context, TaskEdit edit, TaskHistory.Kind kind) {
    boolean begun = edit.task().getState() != TaskState.CLAIMED;
    end(context, edit, Ending.byOther(begun ? TaskCause.RELEASE : TaskCause.TAKE_BACK, kind));
  }

  /** Takes a live attempt of a job's task from its worker, as the job has gone back. */
  public void rollBack(ApplyContext context, TaskEdit edit) {
    end(context, edit, Ending.byOther(TaskCause.ROLL_BACK, TaskHistory.Kind.LOST));
  }

  /**
   * Ends a live comparison of a job, which has no result of its own. The caller has checked what
   * its owner said, and its epoch, and that it has not ended by the same call already.
   */
  public Task conclude(ApplyContext context, TaskEdit edit, ByteString endDigest) {
    return end(
        context, edit, new Ending(TaskCause.COMPLETE, TaskHistory.Kind.SUCCEEDED, endDigest));
  }

  /** The lease of the task's owner has ended. */
  void lose(ApplyContext context, TaskEdit edit) {
    end(context, edit, Ending.byOther(TaskCause.LOSE, TaskHistory.Kind.LOST));
  }

  /** Calls the task off; the caller knows that it has not ended. */
  public Task cancel(ApplyContext context, TaskEdit edit) {
    return end(context, edit, Ending.byOther(TaskCause.CANCEL, TaskHistory.Kind.CANCELLED));
  }

  /** The fault with the attempt and the recovery point that it followed. */
  public static Fault stamped(ApplyContext context, TaskEdit edit, Fault fault) {
    Task.Builder task = edit.task();
    return fault.toBuilder()
        .setAttempt(task.getAttempt())
        .setEpoch(task.getEpoch())
        .setCheckpointSeq(task.getCheckpointSeq())
        .setLsn(task.getLastLsn())
        .setTimeMillis(context.logTimeMillis())
        .build();
  }

  /** Takes the owner off the task and its lease. */
  private static void detach(ApplyContext context, TaskEdit edit) {
    LeaseTable.detach(context, edit.task().getLease(), KeyLayout.ITEM_TASK, edit.key());
    edit.task().setOwner("").setLease(0);
  }

  private Task end(ApplyContext context, TaskEdit edit, Ending ending) {
    TaskCause cause = edit.ofJob() ? jobs.ends(context, edit, ending.cause()) : ending.cause();
    if (ending.byFault()) {
      TaskHistory.append(context, edit, ending.kind(), edit.task().getFault());
    } else {
      TaskHistory.append(context, edit, ending.kind());
    }
    if (ending.dropsStaged()) {
      StagedSections.drop(context.batch(), edit, Set.of());
    }
    edit.row().clearPrepared();
    if (edit.live()) {
      detach(context, edit);
    }
    edit.move(context, cause);
    edit.row().setEndDigest(ending.digest());
    edit.store(context.batch());
    return edit.toTask();
  }

  /** I4: an ended epoch changes nothing; it is only told again what it did. */
  public static boolean endedAlready(TaskEdit edit, long epoch, ByteString endDigest) {
    return epoch == edit.task().getEpoch()
        && !edit.live()
        && edit.row().getEndDigest().equals(endDigest);
  }

  /** Not over what the owner tells of its work: the same end may be told with other costs. */
  private static ByteString digest(TaskCompleteRequest request) {
    SentRecords sent =
        new SentRecords(
            request.getEpoch(),
            request.getFirstLsn(),
            request.getRecordsList().stream().map(record -> record.getPayload()).toList());
    Sha256 hash =
        new Sha256()
            .text("complete")
            .number(request.getEpoch())
            .bytes(request.getResult())
            .bytes(request.getResultDigest())
            .bytes(sent.digest())
            .bytes(
                request.hasCheckpoint()
                    ? CheckpointDigest.of(request.getCheckpoint())
                    : ByteString.EMPTY);
    ResultShape.digest(hash, request);
    return hash.digest();
  }

  private static ByteString digest(TaskFailRequest request) {
    Fault fault = request.getFault();
    Sha256 hash =
        new Sha256()
            .text("fail")
            .number(request.getEpoch())
            .text(fault.getType())
            .text(fault.getLocation())
            .text(fault.getMessage())
            .bytes(fault.getStackDigest())
            .count(fault.getRetryable() ? 1 : 0);
    FaultShape.digest(hash, fault);
    return hash.digest();
  }
}
