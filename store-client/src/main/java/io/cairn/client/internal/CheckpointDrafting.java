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

  /** A checkpoint, and the bytes to bring ahead of it. */
  record Draft(CheckpointWrite write, Map<String, ByteString> stages) {}

  private record Stored(long seq, ByteString digest) {}

  private final Map<String, String> labels;
  private Map<String, Stored> newest = new HashMap<>();
  private final long firstSeq;
  private long nextSeq;

  CheckpointDrafting(Map<String, String> labels, long nextSeq) {
    this.labels = labels;
    this.firstSeq = nextSeq;
    this.nextSeq = nextSeq;
  }

  /** The store has this checkpoint. */
  void knows(Checkpoint checkpoint) {
    for (Checkpoint.Section section : checkpoint.sections()) {
      newest.put(section.name(), new Stored(checkpoint.seq(), KvWire.wire(section.digest())));
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
  Draft draft(Map<String, ByteString> sections, String trigger, long coveredLsn, long otherBytes) {
    check(sections);
    CheckpointWrite.Builder write =
        CheckpointWrite.newBuilder()
            .setSeq(nextSeq)
            .setTrigger(trigger)
            .addAllLabels(TaskWire.labels(labels))
            .setCoveredLsn(coveredLsn);
    Map<String, Stored> stored = new HashMap<>();
    Map<String, SectionWrite.Builder> fresh = new LinkedHashMap<>();
    long freshBytes = otherBytes;
    for (Map.Entry<String, ByteString> entry : new TreeMap<>(sections).entrySet()) {
      ByteString digest = Sha256.of(entry.getValue());
      SectionWrite.Builder section =
          SectionWrite.newBuilder()
              .setName(entry.getKey())
              .setDigest(digest)
              .setLength(entry.getValue().size());
      Stored before = newest.get(entry.getKey());
      if (before != null && before.digest().equals(digest)) {
        write.addSections(section.setSameAsSeq(before.seq()));
      } else {
        fresh.put(entry.getKey(), section);
        freshBytes += entry.getValue().size();
      }
      stored.put(entry.getKey(), new Stored(nextSeq, digest));
    }
    boolean inline = freshBytes <= INLINE_BYTES_MAX;
    Map<String, ByteString> stages = new LinkedHashMap<>();
    fresh.forEach(
        (name, section) -> {
          ByteString bytes = sections.getOrDefault(name, ByteString.EMPTY);
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

  private static void check(Map<String, ByteString> sections) {
    Checked.size("number of sections", sections.size(), Limits.SECTIONS_MAX);
    long total = 0;
    for (Map.Entry<String, ByteString> entry : sections.entrySet()) {
      Checked.name("section name", entry.getKey());
      Checked.size(
          "section '" + entry.getKey() + "'", entry.getValue().size(), Limits.VALUE_BYTES_MAX);
      total += entry.getValue().size();
    }
    Checked.size("checkpoint", total, Limits.CHECKPOINT_BYTES_MAX);
  }
}
