package io.cairn.core.task;

import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.Section;
import io.cairn.protocol.v1.Task;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps the last K checkpoints of a task. A section's bytes stay as long as any kept manifest
 * refers to them, whichever checkpoint brought them. Applying thread only.
 */
final class Retention {
  private Retention() {}

  /**
   * Lets go of what the newest checkpoint pushes out: one checkpoint at most, as K never changes.
   * One that came by a barrier pushes out nothing before the next barrier begins.
   */
  static void apply(Batch batch, TaskEdit edit) {
    Task.Builder task = edit.task();
    long newest = task.getCheckpointSeq();
    long oldest = Math.max(0, newest - task.getSpec().getCheckpointsKept() + 1);
    for (long seq = Math.max(0, task.getOldestCheckpointSeq()); seq < oldest; seq++) {
      drop(batch, edit, seq);
      task.setOldestCheckpointSeq(seq + 1);
    }
    task.setOldestCheckpointSeq(oldest);
    edit.row()
        .setTrimLsn(
            oldest == newest
                ? task.getCoveredLsn()
                : TaskRows.keptCheckpoint(batch, edit.id(), oldest).getCoveredLsn());
  }

  private static void drop(Batch batch, TaskEdit edit, long seq) {
    Checkpoint manifest = TaskRows.keptCheckpoint(batch, edit.id(), seq);
    Map<String, Section> unreferenced = new LinkedHashMap<>();
    for (Section section : manifest.getSectionsList()) {
      unreferenced.put(section.getName(), section);
    }
    for (long later = seq + 1;
        later <= edit.task().getCheckpointSeq() && !unreferenced.isEmpty();
        later++) {
      for (Section kept : TaskRows.keptCheckpoint(batch, edit.id(), later).getSectionsList()) {
        Section candidate = unreferenced.get(kept.getName());
        if (candidate != null && candidate.getStoredSeq() == kept.getStoredSeq()) {
          unreferenced.remove(kept.getName());
        }
      }
    }
    Task.Builder task = edit.task();
    for (Section section : unreferenced.values()) {
      batch.delete(
          ColumnFamily.SECTION,
          KeyLayout.section(edit.id(), section.getStoredSeq(), section.getName()));
      task.setSectionBytes(task.getSectionBytes() - section.getLength());
    }
    batch.delete(ColumnFamily.CHECKPOINT, KeyLayout.pair(edit.id(), seq));
  }
}
