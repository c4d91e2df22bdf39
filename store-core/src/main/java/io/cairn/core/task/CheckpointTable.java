package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.CheckpointDigest;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.Task;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Checkpoints of a task: a manifest row each, and the bytes of sections in rows of their own, which
 * a later checkpoint can refer to. A manifest and all its sections come in one command, or were
 * staged before it; without the manifest nobody sees them (I5).
 *
 * <p>A command is first checked as a whole, then written: {@link #resent} and {@link #plan} change
 * nothing. Applying thread only.
 */
final class CheckpointTable {
  private CheckpointTable() {}

  /** The kept checkpoint that this one is a resend of: same seq, epoch and content. */
  static Optional<Checkpoint> resent(
      ReadView view, Task.Builder task, long epoch, CheckpointWrite write) {
    if (!kept(task, write.getSeq())) {
      return Optional.empty();
    }
    Checkpoint there = TaskRows.keptCheckpoint(view, task.getId(), write.getSeq());
    return there.getEpoch() == epoch && there.getDigest().equals(CheckpointDigest.of(write))
        ? Optional.of(there)
        : Optional.empty();
  }

  /**
   * The manifest that a new checkpoint gets, still without time and digest of records; refuses what
   * does not follow the newest, or names bytes that are not there.
   *
   * @param lastLsn of the log once the records of the same command are in it
   */
  static Checkpoint plan(
      ReadView view, TaskEdit edit, long epoch, CheckpointWrite write, long lastLsn) {
    Task.Builder task = edit.task();
    checkSeq(task, write.getSeq());
    if (write.getCoveredLsn() < task.getCoveredLsn() || write.getCoveredLsn() > lastLsn) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "covered lsn "
              + write.getCoveredLsn()
              + ", allowed are "
              + task.getCoveredLsn()
              + " to "
              + lastLsn,
          write.getCoveredLsn() > lastLsn ? lastLsn : task.getCoveredLsn(),
          write.getCoveredLsn());
    }
    RecoveryPlans.checkCovers(task, write.getCoveredLsn());
    Checkpoint.Builder manifest =
        Checkpoint.newBuilder()
            .setSeq(write.getSeq())
            .setEpoch(epoch)
            .setTrigger(write.getTrigger())
            .addAllLabels(write.getLabelsList())
            .setCoveredLsn(write.getCoveredLsn())
            .setDigest(CheckpointDigest.of(write))
            .setLastLsn(lastLsn);
    if (task.hasPlan()) {
      manifest.setPlan(task.getPlan());
    }
    for (SectionWrite section : write.getSectionsList()) {
      manifest.addSections(
          Section.newBuilder()
              .setName(section.getName())
              .setDigest(section.getDigest())
              .setLength(section.getLength())
              .setStoredSeq(storedSeq(view, edit, write.getSeq(), section)));
    }
    return manifest.build();
  }

  /** Writes a planned checkpoint and its bytes, and lets go of what is no longer kept. */
  static void commit(
      ApplyContext context, TaskEdit edit, CheckpointWrite write, Checkpoint manifest) {
    Batch batch = context.batch();
    Task.Builder task = edit.task();
    Set<String> usedStaged = new HashSet<>();
    for (SectionWrite section : write.getSectionsList()) {
      if (section.hasStaged()) {
        usedStaged.add(section.getName());
      }
    }
    StagedSections.drop(batch, edit, usedStaged);
    for (SectionWrite section : write.getSectionsList()) {
      if (section.hasInline()) {
        batch.insert(
            ColumnFamily.SECTION,
            KeyLayout.section(edit.id(), write.getSeq(), section.getName()),
            section.getInline().toByteArray());
        task.setSectionBytes(task.getSectionBytes() + section.getLength());
      }
    }
    insert(batch, edit, write, manifest);
    Retention.apply(batch, edit);
  }

  /**
   * Writes a planned checkpoint whose bytes are all there, and whose task's staged sections are all
   * its own. Lets go of nothing: many may be written by one command.
   */
  static void commitStaged(Batch batch, TaskEdit edit, CheckpointWrite write, Checkpoint manifest) {
    edit.row().clearStaged();
    insert(batch, edit, write, manifest);
    if (edit.task().getOldestCheckpointSeq() < 0) {
      edit.task().setOldestCheckpointSeq(manifest.getSeq());
      edit.row().setTrimLsn(manifest.getCoveredLsn());
    }
  }

  private static void insert(
      Batch batch, TaskEdit edit, CheckpointWrite write, Checkpoint manifest) {
    batch.insert(
        ColumnFamily.CHECKPOINT,
        KeyLayout.pair(edit.id(), manifest.getSeq()),
        manifest.toByteArray());
    edit.task()
        .setCheckpointSeq(manifest.getSeq())
        .setCoveredLsn(manifest.getCoveredLsn())
        .clearPlan();
    WorkAccount.add(edit.task(), write);
  }

  /** True if the task still has the checkpoint. */
  static boolean kept(Task.Builder task, long seq) {
    return task.getCheckpointSeq() >= 0
        && seq >= task.getOldestCheckpointSeq()
        && seq <= task.getCheckpointSeq();
  }

  /** Refuses a seq that is not the next one. */
  static void checkSeq(Task.Builder task, long seq) {
    long next = task.getCheckpointSeq() + 1;
    // I5: seq grows by one, and what is there stays.
    if (seq > next) {
      throw new Refusal(
          ErrorCode.SEQ_GAP, "checkpoint " + seq + ", the next one is " + next, next, seq);
    }
    if (seq < next) {
      throw new Refusal(
          ErrorCode.SEQ_CONFLICT,
          "checkpoint "
              + seq
              + (kept(task, seq)
                  ? " exists, of another epoch or with other content"
                  : " existed and is no longer kept")
              + "; the next one is "
              + next,
          next,
          seq);
    }
  }

  private static long storedSeq(ReadView view, TaskEdit edit, long seq, SectionWrite section) {
    return switch (section.getSourceCase()) {
      case INLINE -> seq;
      case STAGED -> {
        StagedSections.require(edit, section);
        yield seq;
      }
      default -> sameAs(view, edit, section).getStoredSeq();
    };
  }

  private static Section sameAs(ReadView view, TaskEdit edit, SectionWrite section) {
    long seq = section.getSameAsSeq();
    Task.Builder task = edit.task();
    if (!kept(task, seq)) {
      throw new Refusal(
          ErrorCode.CHECKPOINT_NOT_FOUND,
          "section \""
              + section.getName()
              + "\" is said to be the same as in checkpoint "
              + seq
              + "; kept are "
              + task.getOldestCheckpointSeq()
              + " to "
              + task.getCheckpointSeq(),
          task.getCheckpointSeq(),
          seq);
    }
    ByteString digest = section.getDigest();
    return TaskRows.keptCheckpoint(view, edit.id(), seq).getSectionsList().stream()
        .filter(
            there ->
                there.getName().equals(section.getName())
                    && there.getDigest().equals(digest)
                    && there.getLength() == section.getLength())
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.CHECKPOINT_NOT_FOUND,
                    "checkpoint "
                        + seq
                        + " has no section \""
                        + section.getName()
                        + "\" of this digest and length "
                        + section.getLength()));
  }
}
