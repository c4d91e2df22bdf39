package io.cairn.core.task;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.TaskSaveResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records and a checkpoint of one command, checked as a whole: the records come first, then the
 * checkpoint that may cover them. Writing them cannot fail any more, so they are seen together or
 * not at all (I5).
 *
 * <p>What repeats an earlier command is left out. If nothing is left, the answer is the earlier
 * one: a record remembers the checkpoint before it, a manifest the last lsn at its commit.
 */
final class SavePlan {
  private final SentRecords sent;
  private final Optional<CheckpointWrite> write;
  private final @Nullable Checkpoint resent;
  private final @Nullable Checkpoint planned;
  private final int fresh;

  private SavePlan(
      SentRecords sent,
      Optional<CheckpointWrite> write,
      @Nullable Checkpoint resent,
      @Nullable Checkpoint planned,
      int fresh) {
    this.sent = sent;
    this.write = write;
    this.resent = resent;
    this.planned = planned;
    this.fresh = fresh;
  }

  /** Checks everything; the epoch has been checked before. */
  static SavePlan of(
      ReadView view, TaskEdit edit, SentRecords sent, Optional<CheckpointWrite> write) {
    write.ifPresent(CheckpointShape::check);
    Optional<Checkpoint> resent =
        write.flatMap(w -> CheckpointTable.resent(view, edit.task(), sent.epoch(), w));
    boolean known =
        !sent.isEmpty()
            && resent.isPresent()
            && resent.get().getRecordsDigest().equals(sent.digest());
    RecoveryLog.check(view, edit.task(), sent, known);
    long lastLsn = RecoveryLog.lastLsnAfter(edit.task(), sent);
    Checkpoint planned = null;
    if (write.isPresent() && resent.isEmpty()) {
      planned =
          CheckpointTable.plan(view, edit, sent.epoch(), write.get(), lastLsn).toBuilder()
              .setRecordsDigest(sent.digest())
              .build();
    }
    int fresh = (int) (lastLsn - edit.task().getLastLsn());
    return new SavePlan(sent, write, resent.orElse(null), planned, fresh);
  }

  /** False if all of it repeats what is there. */
  boolean changes() {
    return fresh > 0 || planned != null;
  }

  /** Writes what is new, but not the task's row. */
  TaskSaveResponse write(ApplyContext context, TaskEdit edit) {
    RecoveryLog.append(context, edit, sent);
    if (planned != null) {
      CheckpointTable.commit(
          context,
          edit,
          write.orElseThrow(),
          planned.toBuilder().setTimeMillis(context.logTimeMillis()).build());
    }
    RecoveryLog.trim(context, edit, fresh);
    return response(
        edit.task().getCheckpointSeq(), edit.task().getLastLsn(), context.logTimeMillis());
  }

  /** What was answered when all of this came first. */
  TaskSaveResponse answeredBefore(ReadView view, TaskEdit edit) {
    assert !changes();
    if (resent != null) {
      long lastLsn =
          sent.isEmpty() ? resent.getLastLsn() : Math.max(resent.getLastLsn(), sent.lastLsn());
      return response(resent.getSeq(), lastLsn, resent.getTimeMillis());
    }
    LogRecord last = TaskRows.keptRecord(view, edit.id(), sent.lastLsn());
    return response(last.getCheckpointSeq(), last.getLsn(), last.getTimeMillis());
  }

  private static TaskSaveResponse response(long seq, long lsn, long timeMillis) {
    return TaskSaveResponse.newBuilder()
        .setCheckpointSeq(seq)
        .setLastLsn(lsn)
        .setTimeMillis(timeMillis)
        .build();
  }
}
