package io.cairn.client.job;

import io.cairn.client.Bytes;
import io.cairn.client.TaskName;

/**
 * Which items of a task to list, in the order of their bytes.
 *
 * @param after list behind this item; empty for the first page
 * @param limit of a page, 0: as many as the store gives
 */
public record QuarantineQuery(TaskName task, Bytes after, int limit) {
  /** All items of a task. */
  public static QuarantineQuery of(TaskName task) {
    return new QuarantineQuery(task, Bytes.empty(), 0);
  }

  /** The same, at most {@code rowsMax} a page. */
  public QuarantineQuery limit(int rowsMax) {
    return new QuarantineQuery(task, after, rowsMax);
  }
}
