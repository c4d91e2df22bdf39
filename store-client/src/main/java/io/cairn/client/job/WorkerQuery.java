package io.cairn.client.job;

/**
 * Which workers to list, in the order of their ids.
 *
 * @param after list behind this id, empty for the first page
 * @param limit of a page, 0: as many as the store gives
 */
public record WorkerQuery(String after, int limit) {
  /** All workers. */
  public static WorkerQuery all() {
    return new WorkerQuery("", 0);
  }

  /** The same, at most {@code rowsMax} a page. */
  public WorkerQuery limit(int rowsMax) {
    return new WorkerQuery(after, rowsMax);
  }
}
