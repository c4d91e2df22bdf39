package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.LogChain;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOrBuilder;

/**
 * The recovery log of a task: contiguous records from lsn 1, each chained to the one before it by
 * its digest. Records that the oldest kept checkpoint covers are removed in bounded steps.
 *
 * <p>A command is first checked as a whole, then written: {@link #check} changes nothing. Applying
 * thread only.
 */
final class RecoveryLog {
  /** Rows that a command may remove beside twice those it brings. */
  static final int TRIM_ROWS = 256;

  private RecoveryLog() {}

  /**
   * Refuses records that do not follow the last one, nor repeat what is there. Those that repeat
   * must be the same in epoch and payload.
   *
   * @param known true if all these records are known to have come once, together with a checkpoint
   */
  static void check(ReadView view, TaskOrBuilder task, SentRecords sent, boolean known) {
    if (sent.isEmpty()) {
      return;
    }
    long next = task.getLastLsn() + 1;
    // I5: no gap.
    if (sent.firstLsn() > next) {
      throw new Refusal(
          ErrorCode.LSN_GAP,
          "records start at lsn " + sent.firstLsn() + ", the next one is " + next,
          next,
          sent.firstLsn());
    }
    if (known) {
      return;
    }
    // I5: a record that is there is neither doubled nor replaced.
    if (sent.firstLsn() < task.getFirstLsn()) {
      throw new Refusal(
          ErrorCode.LSN_CONFLICT,
          "the record of lsn "
              + sent.firstLsn()
              + " is no longer kept: the log starts at "
              + task.getFirstLsn()
              + ", the next lsn is "
              + next,
          next,
          sent.firstLsn());
    }
    long end = Math.min(next, sent.firstLsn() + sent.size());
    for (long lsn = sent.firstLsn(); lsn < end; lsn++) {
      LogRecord kept = TaskRows.keptRecord(view, task.getId(), lsn);
      if (kept.getEpoch() != sent.epoch() || !kept.getPayload().equals(sent.payload(lsn))) {
        throw new Refusal(
            ErrorCode.LSN_CONFLICT,
            "lsn "
                + lsn
                + " exists, of epoch "
                + kept.getEpoch()
                + (kept.getEpoch() == sent.epoch() ? ", with another payload" : "")
                + "; the next lsn is "
                + next,
            next,
            lsn);
      }
    }
  }

  /** The task's last lsn once the records that are new have been appended. */
  static long lastLsnAfter(TaskOrBuilder task, SentRecords sent) {
    return sent.isEmpty() ? task.getLastLsn() : Math.max(task.getLastLsn(), sent.lastLsn());
  }

  /** Appends the records that are not there yet. */
  static void append(ApplyContext context, TaskEdit edit, SentRecords sent) {
    Task.Builder task = edit.task();
    long end = lastLsnAfter(task, sent);
    for (long lsn = task.getLastLsn() + 1; lsn <= end; lsn++) {
      ByteString payload = sent.payload(lsn);
      ByteString previous = task.getLastDigest();
      ByteString digest =
          LogChain.digest(previous, lsn, sent.epoch(), context.logTimeMillis(), payload);
      LogRecord record =
          LogRecord.newBuilder()
              .setLsn(lsn)
              .setEpoch(sent.epoch())
              .setTimeMillis(context.logTimeMillis())
              .setPayload(payload)
              .setPreviousDigest(previous)
              .setDigest(digest)
              .setCheckpointSeq(task.getCheckpointSeq())
              .build();
      context
          .batch()
          .insert(ColumnFamily.LOG, KeyLayout.pair(task.getId(), lsn), record.toByteArray());
      task.setLastLsn(lsn).setLastDigest(digest).setLogBytes(task.getLogBytes() + payload.size());
    }
  }

  /**
   * Removes records that the oldest kept checkpoint covers: at most twice as many as the command
   * brought and {@link #TRIM_ROWS}, so that removing is faster than appending and always catches
   * up.
   */
  static void trim(ApplyContext context, TaskEdit edit, int appended) {
    Task.Builder task = edit.task();
    if (task.getSpec().getKeepLog()) {
      return;
    }
    Batch batch = context.batch();
    long end =
        Math.min(edit.row().getTrimLsn() + 1, task.getFirstLsn() + 2L * appended + TRIM_ROWS);
    for (long lsn = task.getFirstLsn(); lsn < end; lsn++) {
      int bytes = TaskRows.keptRecord(batch, task.getId(), lsn).getPayload().size();
      batch.delete(ColumnFamily.LOG, KeyLayout.pair(task.getId(), lsn));
      task.setFirstLsn(lsn + 1).setLogBytes(task.getLogBytes() - bytes);
    }
  }
}
