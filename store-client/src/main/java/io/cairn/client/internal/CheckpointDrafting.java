package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.CairnException;
import io.cairn.client.Checkpoint;
import io.cairn.client.TaskName;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.WorkStats;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * From sections to checkpoints: what is unchanged since the checkpoint before is not sent again,
 * and what does not fit into one command is staged. For one thread at a time.
 */
final class CheckpointDrafting {
  private static final long INLINE_BYTES_MAX = Limits.VALUE_BYTES_MAX;

  /** A checkpoint, the bytes to bring ahead of it, and what its owner tells with it. */
  record Draft(CheckpointWrite write, Map<String, ByteString> stages, WorkStats stats) {
    Draft(CheckpointWrite write, Map<String, ByteString> stages) {
      this(write, stages, WorkStats.getDefaultInstance());
    }

    Draft telling(WorkStats told) {
      return new Draft(write, stages, told);
    }
  }

  private record Stored(long seq, ByteString digest, long length) {
    SectionWrite.Builder write(String name) {
      return SectionWrite.newBuilder()
          .setName(name)
          .setDigest(digest)
          .setLength(length)
          .setSameAsSeq(seq);
    }
  }

  private final Map<String, String> labels;
  private Map<String, Stored> newest = new HashMap<>();
  private final long firstSeq;
  private long nextSeq;

  CheckpointDrafting(Map<String, String> labels, long nextSeq) {
    this.labels = labels;
    this.firstSeq = nextSeq;
    this.nextSeq = nextSeq;
  }

  /** How far drafting has come, to go back to if nothing comes of the next draft. */
  record Mark(Map<String, Stored> newest, long nextSeq) {}

  Mark mark() {
    return new Mark(newest, nextSeq);
  }

  void back(Mark mark) {
    newest = mark.newest();
    nextSeq = mark.nextSeq();
  }

  /** The store has this checkpoint. */
  void knows(Checkpoint checkpoint) {
    for (Checkpoint.Section section : checkpoint.sections()) {
      newest.put(
          section.name(),
          new Stored(checkpoint.seq(), KvWire.wire(section.digest()), section.length()));
    }
  }

  /** Refuses to begin a task anew that this run has begun already. */
  void requireNone(TaskName task) {
    if (nextSeq > firstSeq) {
      throw new CairnException(
          ErrorCode.WRONG_STATE,
          "this run of task " + task + " has saved states: stateOr would put the first over them");
    }
  }

  /** The next checkpoint. TOO_LARGE, and then nothing has changed. */
  Draft draft(Sections sections, String trigger, long coveredLsn, long otherBytes) {
    Map<String, Stored> kept = new TreeMap<>(newest);
    kept.keySet().removeIf(name -> sections.whole() || sections.bytes().containsKey(name));
    check(sections.bytes(), kept);
    CheckpointWrite.Builder write =
        CheckpointWrite.newBuilder()
            .setSeq(nextSeq)
            .setTrigger(trigger)
            .addAllLabels(TaskWire.labels(labels))
            .setCoveredLsn(coveredLsn);
    Map<String, Stored> stored = new HashMap<>();
    Map<String, SectionWrite.Builder> fresh = new TreeMap<>();
    long freshBytes = otherBytes;
    for (Map.Entry<String, ByteString> entry : new TreeMap<>(sections.bytes()).entrySet()) {
      String name = entry.getKey();
      Stored now = new Stored(nextSeq, Sha256.of(entry.getValue()), entry.getValue().size());
      Stored before = newest.get(name);
      if (before != null && before.digest().equals(now.digest())) {
        write.addSections(before.write(name));
      } else {
        fresh.put(name, now.write(name));
        freshBytes += now.length();
      }
      stored.put(name, now);
    }
    kept.forEach(
        (name, before) -> {
          write.addSections(before.write(name));
          stored.put(name, new Stored(nextSeq, before.digest(), before.length()));
        });
    boolean inline = freshBytes <= INLINE_BYTES_MAX;
    Map<String, ByteString> stages = new LinkedHashMap<>();
    fresh.forEach(
        (name, section) -> {
          ByteString bytes = sections.bytes().getOrDefault(name, ByteString.EMPTY);
          if (inline) {
            section.setInline(bytes);
          } else {
            section.setStaged(true);
            stages.put(name, bytes);
          }
          write.addSections(section);
        });
    newest = stored;
    nextSeq++;
    return new Draft(write.build(), stages);
  }

  private static void check(Map<String, ByteString> sections, Map<String, Stored> kept) {
    Checked.size("number of sections", sections.size() + kept.size(), Limits.SECTIONS_MAX);
    long total = kept.values().stream().mapToLong(Stored::length).sum();
    for (Map.Entry<String, ByteString> entry : sections.entrySet()) {
      Checked.name("section name", entry.getKey());
      Checked.size(
          "section '" + entry.getKey() + "'", entry.getValue().size(), Limits.VALUE_BYTES_MAX);
      total += entry.getValue().size();
    }
    Checked.size("checkpoint", total, Limits.CHECKPOINT_BYTES_MAX);
  }
}
