package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskStageRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sections brought ahead of the next checkpoint. The task's row lists them; the checkpoint takes
 * those it names as staged, and the others go. They also go when the epoch that brought them ends,
 * at the latest with the next claim. Applying thread only.
 */
final class StagedSections {
  private StagedSections() {}

  /** Stores a section for the next checkpoint. One of the same name is replaced. */
  static void stage(ApplyContext context, TaskEdit edit, TaskStageRequest request) {
    Batch batch = context.batch();
    Task.Builder task = edit.task();
    Checks.name("section name", request.getSection(), false);
    Checks.size("section's bytes", request.getData().size(), Limits.VALUE_BYTES_MAX);
    ByteString digest = Sha256.of(request.getData());
    if (committed(batch, task, request, digest)) {
      return;
    }
    CheckpointTable.checkSeq(task, request.getSeq());
    Optional<Section> old = find(edit, request.getSection());
    if (old.isPresent() && old.get().getDigest().equals(digest)) {
      return;
    }
    checkRoom(edit, old, request.getData().size());
    put(batch, edit, section(request.getSection(), digest, request.getSeq(), request.getData()));
    edit.store(batch);
  }

  /** A section on its way into the list. */
  private record Bytes(Section section, ByteString data) {}

  private static Bytes section(String name, ByteString digest, long seq, ByteString data) {
    return new Bytes(
        Section.newBuilder()
            .setName(name)
            .setDigest(digest)
            .setLength(data.size())
            .setStoredSeq(seq)
            .build(),
        data);
  }

  private static void put(Batch batch, TaskEdit edit, Bytes bytes) {
    Section section = bytes.section();
    find(edit, section.getName()).ifPresent(old -> forget(edit, old));
    batch.put(
        ColumnFamily.SECTION,
        KeyLayout.section(edit.id(), section.getStoredSeq(), section.getName()),
        bytes.data().toByteArray());
    edit.row().addStaged(section);
    edit.task().setSectionBytes(edit.task().getSectionBytes() + section.getLength());
  }

  /**
   * Brings the list to what a planned checkpoint brings: sections that are sent with it come in,
   * those that it does not name go.
   */
  static void take(Batch batch, TaskEdit edit, CheckpointWrite write) {
    Map<String, SectionWrite> named = new HashMap<>();
    for (SectionWrite section : write.getSectionsList()) {
      if (!section.hasSameAsSeq()) {
        named.put(section.getName(), section);
      }
    }
    List<Section> staged = List.copyOf(edit.row().getStagedList());
    for (Section section : staged) {
      SectionWrite taken = named.get(section.getName());
      boolean same = taken != null && taken.getDigest().equals(section.getDigest());
      if (same) {
        named.remove(section.getName());
      } else {
        batch.delete(
            ColumnFamily.SECTION,
            KeyLayout.section(edit.id(), section.getStoredSeq(), section.getName()));
        forget(edit, section);
      }
    }
    for (SectionWrite section : write.getSectionsList()) {
      if (named.containsKey(section.getName())) {
        put(
            batch,
            edit,
            section(section.getName(), section.getDigest(), write.getSeq(), section.getInline()));
      }
    }
  }

  /** Refuses a checkpoint's section that was not staged, or with other bytes. */
  static void require(TaskEdit edit, SectionWrite section) {
    Section staged =
        find(edit, section.getName())
            .orElseThrow(
                () ->
                    new Refusal(
                        ErrorCode.CHECKPOINT_NOT_FOUND,
                        "section \""
                            + section.getName()
                            + "\" was not staged for checkpoint "
                            + (edit.task().getCheckpointSeq() + 1)));
    if (!staged.getDigest().equals(section.getDigest())
        || staged.getLength() != section.getLength()) {
      throw new Refusal(
          ErrorCode.DIGEST_MISMATCH,
          "section \"" + section.getName() + "\" was staged with another digest or length",
          section.getLength(),
          staged.getLength());
    }
  }

  /** Removes what is staged, but for {@code used}, which a checkpoint takes over. */
  static void drop(Batch batch, TaskEdit edit, Set<String> used) {
    List<Section> staged = List.copyOf(edit.row().getStagedList());
    for (Section section : staged) {
      if (!used.contains(section.getName())) {
        batch.delete(
            ColumnFamily.SECTION,
            KeyLayout.section(edit.id(), section.getStoredSeq(), section.getName()));
        Task.Builder task = edit.task();
        task.setSectionBytes(task.getSectionBytes() - section.getLength());
      }
    }
    edit.row().clearStaged();
  }

  /** True if this is the resend of a section that the checkpoint of its seq has taken. */
  private static boolean committed(
      Batch batch, Task.Builder task, TaskStageRequest request, ByteString digest) {
    if (!CheckpointTable.kept(task, request.getSeq())) {
      return false;
    }
    return TaskRows.checkpoint(batch, task.getId(), request.getSeq())
        .filter(manifest -> manifest.getEpoch() == request.getEpoch())
        .stream()
        .flatMap(manifest -> manifest.getSectionsList().stream())
        .anyMatch(
            section ->
                section.getName().equals(request.getSection())
                    && section.getDigest().equals(digest));
  }

  private static void checkRoom(TaskEdit edit, Optional<Section> old, long bytes) {
    long total = bytes - old.map(Section::getLength).orElse(0L);
    for (Section section : edit.row().getStagedList()) {
      total += section.getLength();
    }
    Checks.size("bytes of all staged sections", total, Limits.CHECKPOINT_BYTES_MAX);
    int count = edit.row().getStagedCount() + (old.isPresent() ? 0 : 1);
    Checks.size("staged sections", count, Limits.SECTIONS_MAX);
  }

  private static void forget(TaskEdit edit, Section section) {
    edit.row().removeStaged(edit.row().getStagedList().indexOf(section));
    edit.task().setSectionBytes(edit.task().getSectionBytes() - section.getLength());
  }

  private static Optional<Section> find(TaskEdit edit, String name) {
    return edit.row().getStagedList().stream()
        .filter(section -> section.getName().equals(name))
        .findFirst();
  }
}
