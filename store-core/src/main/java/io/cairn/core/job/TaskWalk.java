package io.cairn.core.job;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.JobName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Goes through the rows of a job's tasks, in the order of their names, so many at a time. */
final class TaskWalk {
  private TaskWalk() {}

  /**
   * How far a walk has come.
   *
   * @param rows looked at
   * @param after the last of them; empty: the end was reached
   */
  record Step(int rows, ByteString after) {
    static final Step NONE = new Step(0, ByteString.EMPTY);

    boolean atEnd() {
      return after.isEmpty();
    }
  }

  /**
   * Gives each task behind {@code after} to {@code visitor}, which may write it: at most {@code
   * rowsMax}, and none any more once their rows had {@link Limits#BATCH_BYTES}.
   */
  static Step go(
      ApplyContext context,
      JobName job,
      ByteString after,
      int rowsMax,
      Consumer<TaskEdit> visitor) {
    byte[] prefix = JobNames.tasksPrefix(job);
    byte[] from = after.isEmpty() ? prefix : Arrays.copyOf(after.toByteArray(), after.size() + 1);
    Batch batch = context.batch();
    List<TaskEdit> found = new ArrayList<>();
    long bytes = 0;
    boolean end = true;
    try (Cursor cursor = batch.ascend(ColumnFamily.TASK, from, KeyLayout.prefixEnd(prefix))) {
      while (cursor.next()) {
        if (found.size() >= rowsMax || bytes >= Limits.BATCH_BYTES) {
          end = false;
          break;
        }
        bytes += cursor.value().length;
        found.add(TaskEdit.of(cursor.key(), cursor.value()));
      }
    }
    found.forEach(visitor);
    ByteString last =
        end ? ByteString.EMPTY : ByteString.copyFrom(found.get(found.size() - 1).key());
    return new Step(found.size(), last);
  }
}
