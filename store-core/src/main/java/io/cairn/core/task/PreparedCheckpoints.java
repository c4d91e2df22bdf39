package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.v1.PreparedCheckpoint;
import io.cairn.protocol.CheckpointDigest;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.BarrierPrepareRequest;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.Task;

/**
 * A task's part of a barrier, from its owner's stop to the checkpoint. It is in the task's row,
 * with the barrier's number and the owner's epoch; what is left of a barrier that was aborted means
 * nothing, and goes when the next one begins. All bytes are written by each owner's own command, so
 * that the command that commits all parts writes only rows of bounded size. Applying thread only.
 */
public final class PreparedCheckpoints {
  private PreparedCheckpoints() {}

  /** True if the present owner has stopped for the barrier. */
  public static boolean paused(TaskEdit edit, long barrier) {
    PreparedCheckpoint prepared = edit.row().getPrepared();
    return edit.live()
        && prepared.getBarrier() == barrier
        && prepared.getEpoch() == edit.task().getEpoch();
  }

  /** True if the present owner has saved its part of the barrier. */
  public static boolean prepared(TaskEdit edit, long barrier) {
    return paused(edit, barrier) && edit.row().getPrepared().hasWrite();
  }

  /** The owner has stopped. Lets go of a checkpoint that is one too many. */
  public static void pause(ApplyContext context, TaskEdit edit, long barrier) {
    if (edit.task().getCheckpointSeq() >= 0) {
      Retention.apply(context.batch(), edit);
    }
    edit.row()
        .setPrepared(
            PreparedCheckpoint.newBuilder().setBarrier(barrier).setEpoch(edit.task().getEpoch()));
    edit.store(context.batch());
  }

  /**
   * Takes the part of an owner that has stopped. Refuses what could not become the task's next
   * checkpoint, one that does not cover all records, and another one than came before.
   *
   * @param bytesMax of the checkpoint without its sections' bytes
   * @return false: it is a resend, and nothing has changed
   */
  public static boolean prepare(
      ApplyContext context, TaskEdit edit, BarrierPrepareRequest request, long bytesMax) {
    Batch batch = context.batch();
    Task.Builder task = edit.task();
    SentRecords sent =
        SentRecords.checked(request.getEpoch(), request.getFirstLsn(), request.getRecordsList());
    CheckpointWrite write = request.getCheckpoint();
    CheckpointShape.check(write);
    WorkAccount.check(request.getStats());
    RecoveryLog.check(batch, task, sent, false);
    long lastLsn = RecoveryLog.lastLsnAfter(task, sent);
    int fresh = (int) (lastLsn - task.getLastLsn());
    PreparedCheckpoint before = edit.row().getPrepared();
    if (before.hasWrite()) {
      if (fresh > 0 || !digest(before.getWrite()).equals(digest(write))) {
        throw new Refusal(
            ErrorCode.WRONG_STATE,
            "task "
                + TaskNames.text(request.getTask())
                + " has saved something else for barrier "
                + before.getBarrier());
      }
      return false;
    }
    if (write.getCoveredLsn() != lastLsn) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "covered lsn "
              + write.getCoveredLsn()
              + ": a checkpoint at a barrier covers all records, up to "
              + lastLsn,
          lastLsn,
          write.getCoveredLsn());
    }
    Checkpoint planned = CheckpointTable.plan(batch, edit, request.getEpoch(), write, lastLsn);
    CheckpointWrite kept = withoutBytes(write);
    Checks.size(
        "bytes of a checkpoint at a barrier, without its sections",
        Math.max(planned.getSerializedSize(), kept.getSerializedSize()),
        bytesMax);
    if (request.hasStats()) {
      WorkAccount.add(task, request.getStats());
    }
    RecoveryLog.append(context, edit, sent);
    StagedSections.take(batch, edit, write);
    edit.row().setPrepared(before.toBuilder().setWrite(kept));
    RecoveryLog.trim(context, edit, fresh);
    edit.store(batch);
    return true;
  }

  /** Makes the part the task's newest checkpoint. The caller has checked that it is there. */
  public static void commit(ApplyContext context, TaskEdit edit) {
    Batch batch = context.batch();
    PreparedCheckpoint prepared = edit.row().getPrepared();
    CheckpointWrite write = prepared.getWrite();
    Checkpoint manifest =
        CheckpointTable.plan(batch, edit, prepared.getEpoch(), write, edit.task().getLastLsn())
            .toBuilder()
            .setTimeMillis(context.logTimeMillis())
            .setBarrier(prepared.getBarrier())
            .build();
    CheckpointTable.commitStaged(batch, edit, write, manifest);
    edit.row().clearPrepared();
    edit.store(batch);
  }

  private static CheckpointWrite withoutBytes(CheckpointWrite write) {
    CheckpointWrite.Builder kept = write.toBuilder();
    for (SectionWrite.Builder section : kept.getSectionsBuilderList()) {
      if (section.hasInline()) {
        section.setStaged(true);
      }
    }
    return kept.build();
  }

  private static ByteString digest(CheckpointWrite write) {
    return CheckpointDigest.of(write);
  }
}
