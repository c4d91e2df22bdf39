package io.cairn.core.job;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.protocol.v1.JobName;
import java.util.ArrayList;
import java.util.List;

/**
 * What a deleted job has left: its tasks, then its faults, then its own rows. The name is taken
 * until then. A first step is taken by the deletion itself, so that small jobs are gone with it;
 * the rest is left to housekeeping. Applying thread only.
 */
public final class JobGarbage {
  private JobGarbage() {}

  /** Takes the first step; returns how many rows it removed. */
  static int begin(ApplyContext context, StoredJob job, int max) {
    int rows = collect(context, job, max);
    if (rows >= max) {
      context
          .batch()
          .insert(
              ColumnFamily.GARBAGE,
              KeyLayout.garbage(KeyLayout.GARBAGE_JOB, job.id()),
              new byte[0]);
    }
    return rows;
  }

  /**
   * Removes up to {@code max} rows of the deleted job {@code id}; returns how many. Fewer than
   * {@code max}: none is left.
   */
  public static int collect(ApplyContext context, long id, int max) {
    return collect(context, StoredJob.read(context.batch(), id), max);
  }

  private static int collect(ApplyContext context, StoredJob job, int max) {
    JobName name = job.name();
    Batch batch = context.batch();
    TaskWalk.Step step =
        TaskWalk.go(
            context,
            name,
            ByteString.EMPTY,
            max,
            edit -> {
              if (!edit.ofJob() || edit.task().getJob().getId() != job.id()) {
                throw new DamagedRowException("a task of another job has a name of job " + name);
              }
              DispatchedTasks.delete(context, edit);
            });
    if (!step.atEnd()) {
      return max;
    }
    int rows = step.rows() + faults(batch, job.id(), max - step.rows());
    if (rows < max) {
      batch.delete(ColumnFamily.JOB, KeyLayout.id(job.id()));
      batch.delete(ColumnFamily.JOB_NAME, KeyLayout.jobName(name.getNamespace(), name.getName()));
    }
    return rows;
  }

  private static int faults(Batch batch, long job, int max) {
    List<byte[]> keys = new ArrayList<>();
    byte[] from = KeyLayout.id(job);
    try (Cursor cursor = batch.ascend(ColumnFamily.JOB_FAULT, from, KeyLayout.prefixEnd(from))) {
      while (keys.size() < max && cursor.next()) {
        keys.add(cursor.key());
      }
    }
    keys.forEach(key -> batch.delete(ColumnFamily.JOB_FAULT, key));
    return keys.size();
  }
}
