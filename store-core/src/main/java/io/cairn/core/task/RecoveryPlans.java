package io.cairn.core.task;

import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPlan;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOrBuilder;
import java.util.Optional;

/**
 * Where a recovery begins that is not to begin from the newest checkpoint. A plan changes nothing
 * that is stored (I5): it says which checkpoint to take and which records to leave out. It holds
 * for every attempt until one commits a checkpoint, which has to cover what the plan leaves out.
 *
 * <p>A checkpoint that ends a plan keeps it. So the checkpoints form lines: what came before one is
 * the checkpoint that its plan named, if it has one, else the one with the seq before. ROLLBACK and
 * REPLAY_LOG go along the line of the newest, so they neither come back to what was rolled back
 * before, nor give its records together with those of the work done again.
 */
public final class RecoveryPlans {
  /** Records that are looked at to tell what a recovery reads. */
  private static final int COST_RECORDS_MAX = 10_000;

  /** Bytes of records that are looked at, as above. */
  private static final long COST_BYTES_MAX = 64L * 1024 * 1024;

  private RecoveryPlans() {}

  /**
   * What a recovery reads.
   *
   * @param records to go through again
   * @param bytes of sections and records; told by the first records if there are many
   */
  public record Cost(long records, long bytes) {}

  /** The plan that a task has after a step; empty: it goes on from the newest checkpoint. */
  public static Optional<RecoveryPlan> after(ReadView view, TaskOrBuilder task, RecoveryStep step) {
    return switch (step.getAction()) {
      case ROLLBACK -> Optional.of(rollback(view, task, step.getRollbackBy()));
      case REPLAY_LOG -> Optional.of(replay(view, task));
      case RESTART -> Optional.of(without(view, task, -1, RecoveryAction.RESTART));
      default -> task.hasPlan() ? Optional.of(task.getPlan()) : Optional.empty();
    };
  }

  /**
   * Back by some checkpoints, without the records behind the one that is reached: from the newest,
   * or further back from where a plan went that has not ended yet. The oldest of the line if fewer
   * are kept. By 0: without the records behind the checkpoint where it is.
   */
  public static RecoveryPlan rollback(ReadView view, TaskOrBuilder task, int by) {
    boolean rolledBack = task.hasPlan() && leavesLine(task.getPlan());
    long seq = rolledBack ? task.getPlan().getCheckpointSeq() : task.getCheckpointSeq();
    for (int i = 0; i < by && seq >= 0; i++) {
      long before = before(TaskRows.keptCheckpoint(view, task.getId(), seq));
      if (before < Math.max(0, task.getOldestCheckpointSeq())) {
        break;
      }
      seq = before;
    }
    return without(view, task, seq, RecoveryAction.ROLLBACK);
  }

  /** Back to the newest checkpoint, or to nothing, whatever was planned: without what is behind. */
  public static RecoveryPlan newest(ReadView view, TaskOrBuilder task) {
    return without(view, task, task.getCheckpointSeq(), RecoveryAction.ROLLBACK);
  }

  /** Where the next recovery begins: as planned, or the newest checkpoint and what is behind it. */
  public static RecoveryPlan of(TaskOrBuilder task) {
    return task.hasPlan()
        ? task.getPlan()
        : RecoveryPlan.newBuilder()
            .setCheckpointSeq(task.getCheckpointSeq())
            .setFromLsn(task.getCoveredLsn() + 1)
            .build();
  }

  /** What a recovery by the plan reads. */
  public static Cost cost(ReadView view, Task task, RecoveryPlan plan) {
    long bytes = 0;
    if (plan.getCheckpointSeq() >= 0) {
      Checkpoint start = TaskRows.keptCheckpoint(view, task.getId(), plan.getCheckpointSeq());
      for (Section section : start.getSectionsList()) {
        bytes += section.getLength();
      }
    }
    long records = task.getLastLsn() - plan.getFromLsn() + 1;
    long seen = 0;
    long seenBytes = 0;
    try (Cursor cursor =
        view.ascend(
            ColumnFamily.LOG,
            KeyLayout.pair(task.getId(), plan.getFromLsn()),
            KeyLayout.pair(task.getId(), task.getLastLsn() + 1))) {
      while (seen < COST_RECORDS_MAX && seenBytes < COST_BYTES_MAX && cursor.next()) {
        seen++;
        seenBytes += TaskRows.record(cursor.value()).getPayload().size();
      }
    }
    if (seen < records && seen > 0) {
      seenBytes += (records - seen) * (seenBytes / seen);
    }
    return new Cost(records, bytes + seenBytes);
  }

  /** Refuses a checkpoint that would end the plan without covering what the plan leaves out. */
  static void checkCovers(TaskOrBuilder task, long coveredLsn) {
    long least = task.getPlan().getSkipToLsn();
    if (coveredLsn < least) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "covered lsn "
              + coveredLsn
              + ", at least "
              + least
              + " is needed: the first checkpoint after "
              + task.getPlan().getAction()
              + " covers the records that were left out",
          least,
          coveredLsn);
    }
  }

  /** True if the line of checkpoints begins anew with the first one after the plan. */
  private static boolean leavesLine(RecoveryPlan plan) {
    return !plan.getAction().equals(RecoveryAction.REPLAY_LOG.name());
  }

  private static long before(Checkpoint checkpoint) {
    return checkpoint.hasPlan() && leavesLine(checkpoint.getPlan())
        ? checkpoint.getPlan().getCheckpointSeq()
        : checkpoint.getSeq() - 1;
  }

  /** From the oldest checkpoint behind which all records are kept and count. */
  private static RecoveryPlan replay(ReadView view, TaskOrBuilder task) {
    if (task.hasPlan() && leavesLine(task.getPlan())) {
      return task.getPlan(); // it gives all records that count
    }
    long seq = task.getCheckpointSeq();
    long covered = 0;
    while (seq >= 0) {
      Checkpoint checkpoint = TaskRows.keptCheckpoint(view, task.getId(), seq);
      covered = checkpoint.getCoveredLsn();
      long before = before(checkpoint);
      boolean leftOut = checkpoint.getPlan().getSkipToLsn() > 0;
      if (leftOut || before < Math.max(0, task.getOldestCheckpointSeq())) {
        break;
      }
      seq = before;
    }
    return RecoveryPlan.newBuilder()
        .setCheckpointSeq(seq)
        .setFromLsn(covered + 1)
        .setAction(RecoveryAction.REPLAY_LOG.name())
        .build();
  }

  /** From a checkpoint, or from nothing, without any of the records that are there behind it. */
  private static RecoveryPlan without(
      ReadView view, TaskOrBuilder task, long seq, RecoveryAction action) {
    long covered = seq < 0 ? 0 : TaskRows.keptCheckpoint(view, task.getId(), seq).getCoveredLsn();
    RecoveryPlan.Builder plan =
        RecoveryPlan.newBuilder()
            .setCheckpointSeq(seq)
            .setFromLsn(Math.max(covered, task.getLastLsn()) + 1)
            .setAction(action.name());
    if (task.getLastLsn() > covered) {
      plan.setSkipFromLsn(covered + 1).setSkipToLsn(task.getLastLsn());
    }
    return plan.build();
  }
}
