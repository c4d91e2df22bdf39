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
import java.util.Optional;
import java.util.Set;

/**
 * How an owner ends its epoch: complete, fail, release.
 *
 * <p>The row keeps the digest of the call that ended the newest epoch, until anything else happens
 * to the task. A resend of the very same call under the same epoch is answered with the task, which
 * is still as the first call left it; any other call of that epoch is fenced (I4). Applying thread
 * only.
 */
final class TaskEndings {
  private TaskEndings() {}

  static Task complete(ApplyContext context, TaskCompleteRequest request) {
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
    SavePlan plan = SavePlan.of(batch, edit, sent, write);
    Checks.size("result's bytes", request.getResult().size(), Limits.RESULT_BYTES_MAX);
    if (!Sha256.of(request.getResult()).equals(request.getResultDigest())) {
      throw new Refusal(
          ErrorCode.DIGEST_MISMATCH, "the bytes of the result do not have its digest");
    }
    ResultShape.check(request.getValue());
    WorkAccount.check(request.getStats());
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
    TaskHistory.append(context, edit, TaskHistory.Kind.SUCCEEDED);
    return end(context, edit, TaskCause.COMPLETE, endDigest);
  }

  static Task fail(ApplyContext context, TaskFailRequest request) {
    Batch batch = context.batch();
    TaskEdit edit = TaskEdit.require(batch, request.getName());
    ByteString endDigest = digest(request);
    if (endedAlready(edit, request.getEpoch(), endDigest)) {
      return edit.toTask();
    }
    Fencing.check(edit.task(), request.getEpoch());
    Fault given = FaultShape.checked(request.getFault());
    TaskCause cause = given.getRetryable() ? TaskCause.RETRY : TaskCause.FAIL;
    edit.requireNext(cause);
    Task.Builder task = edit.task();
    Fault fault =
        given.toBuilder()
            .setAttempt(task.getAttempt())
            .setEpoch(task.getEpoch())
            .setCheckpointSeq(task.getCheckpointSeq())
            .setLsn(task.getLastLsn())
            .setTimeMillis(context.logTimeMillis())
            .build();
    task.setFault(fault);
    TaskHistory.failed(context, edit, fault);
    return end(context, edit, cause, endDigest);
  }

  static Task release(ApplyContext context, TaskReleaseRequest request) {
    TaskEdit edit = TaskEdit.require(context.batch(), request.getName());
    ByteString endDigest = new Sha256().text("release").number(request.getEpoch()).digest();
    if (endedAlready(edit, request.getEpoch(), endDigest)) {
      return edit.toTask();
    }
    Fencing.check(edit.task(), request.getEpoch());
    edit.requireNext(TaskCause.RELEASE);
    TaskHistory.append(context, edit, TaskHistory.Kind.RELEASED);
    return end(context, edit, TaskCause.RELEASE, endDigest);
  }

  /** Takes the owner off the task and its lease. */
  static void detach(ApplyContext context, TaskEdit edit) {
    LeaseTable.detach(context, edit.task().getLease(), KeyLayout.ITEM_TASK, edit.key());
    edit.task().setOwner("").setLease(0);
  }

  private static Task end(
      ApplyContext context, TaskEdit edit, TaskCause cause, ByteString endDigest) {
    StagedSections.drop(context.batch(), edit, Set.of());
    detach(context, edit);
    edit.move(context, cause);
    edit.row().setEndDigest(endDigest);
    edit.store(context.batch());
    return edit.toTask();
  }

  /** I4: an ended epoch changes nothing; it is only told again what it did. */
  private static boolean endedAlready(TaskEdit edit, long epoch, ByteString endDigest) {
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
