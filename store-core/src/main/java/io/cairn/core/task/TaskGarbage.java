package io.cairn.core.task;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import java.util.ArrayList;
import java.util.List;

/** Rows that a deleted task has left: removed in bounded steps. Applying thread only. */
public final class TaskGarbage {
  private static final List<ColumnFamily> FAMILIES =
      List.of(
          ColumnFamily.CHECKPOINT,
          ColumnFamily.SECTION,
          ColumnFamily.LOG,
          ColumnFamily.TASK_HISTORY,
          ColumnFamily.QUARANTINE);

  /** Bytes of a row that count as one more row: a section of 1 MiB counts as 65. */
  private static final int BYTES_PER_ROW = 16 * 1024;

  private TaskGarbage() {}

  /**
   * Removes rows of the deleted task {@code id}, up to about {@code max}; returns how many, a large
   * one counted as several. Fewer than {@code max}: none is left.
   */
  public static int collect(ApplyContext context, long id, int max) {
    Batch batch = context.batch();
    byte[] from = KeyLayout.id(id);
    int rows = 0;
    for (ColumnFamily family : FAMILIES) {
      List<byte[]> keys = new ArrayList<>();
      try (Cursor cursor = batch.ascend(family, from, KeyLayout.prefixEnd(from))) {
        while (rows < max && cursor.next()) {
          keys.add(cursor.key());
          rows += 1 + cursor.value().length / BYTES_PER_ROW;
        }
      }
      keys.forEach(key -> batch.delete(family, key));
    }
    return rows;
  }
}
