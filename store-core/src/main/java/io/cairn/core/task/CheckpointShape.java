package io.cairn.core.task;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Label;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.TaskSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What can be said about a checkpoint, or a specification, without looking at the task. */
final class CheckpointShape {
  private CheckpointShape() {}

  /** Refuses a checkpoint that no task could take. */
  static void check(CheckpointWrite write) {
    if (write.getSeq() < 0) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "seq " + write.getSeq() + " is negative", 0, write.getSeq());
    }
    Checks.name("trigger", write.getTrigger(), true);
    labels(write.getLabelsList());
    Checks.size("sections", write.getSectionsCount(), Limits.SECTIONS_MAX);
    Set<String> names = new HashSet<>();
    long total = 0;
    for (SectionWrite section : write.getSectionsList()) {
      section(section);
      if (!names.add(section.getName())) {
        throw invalid("section \"" + section.getName() + "\" comes twice");
      }
      total += section.getLength();
      Checks.size("bytes of all sections", total, Limits.CHECKPOINT_BYTES_MAX);
    }
  }

  /** Refuses a specification that no task can have. */
  static void check(TaskSpec spec) {
    int kept = spec.getCheckpointsKept();
    if (kept < 0 || kept > Limits.CHECKPOINTS_KEPT_MAX) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "checkpoints kept: " + kept + ", allowed are 0 to " + Limits.CHECKPOINTS_KEPT_MAX,
          Limits.CHECKPOINTS_KEPT_MAX,
          kept);
    }
    labels(spec.getLabelsList());
  }

  private static void section(SectionWrite section) {
    Checks.name("section name", section.getName(), false);
    if (section.getDigest().size() != Sha256.BYTES) {
      throw invalid(
          "digest of section \""
              + section.getName()
              + "\" has "
              + section.getDigest().size()
              + " bytes, expected "
              + Sha256.BYTES);
    }
    if (section.getLength() < 0) {
      throw invalid("section \"" + section.getName() + "\" has length " + section.getLength());
    }
    Checks.size("section's bytes", section.getLength(), Limits.VALUE_BYTES_MAX);
    switch (section.getSourceCase()) {
      case INLINE -> inline(section);
      case STAGED -> {
        if (!section.getStaged()) {
          throw invalid("section \"" + section.getName() + "\" says staged, but not so");
        }
      }
      case SAME_AS_SEQ -> {}
      case SOURCE_NOT_SET ->
          throw invalid("section \"" + section.getName() + "\" does not say where its bytes are");
    }
  }

  private static void inline(SectionWrite section) {
    if (section.getInline().size() != section.getLength()) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "section \""
              + section.getName()
              + "\" has "
              + section.getInline().size()
              + " bytes, but says "
              + section.getLength(),
          section.getLength(),
          section.getInline().size());
    }
    if (!Sha256.of(section.getInline()).equals(section.getDigest())) {
      throw new Refusal(
          ErrorCode.DIGEST_MISMATCH,
          "the bytes of section \"" + section.getName() + "\" do not have its digest");
    }
  }

  private static void labels(List<Label> labels) {
    Checks.size("labels", labels.size(), Limits.LABELS_MAX);
    Set<String> keys = new HashSet<>();
    for (Label label : labels) {
      Checks.name("label's key", label.getKey(), false);
      Checks.text("label's value", label.getValue(), true, Limits.LABEL_BYTES_MAX);
      if (!keys.add(label.getKey())) {
        throw invalid("label \"" + label.getKey() + "\" comes twice");
      }
    }
  }

  private static Refusal invalid(String message) {
    return new Refusal(ErrorCode.INVALID_ARGUMENT, message);
  }
}
