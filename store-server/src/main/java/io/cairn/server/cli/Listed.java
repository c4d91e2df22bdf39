package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.Task;
import io.cairn.client.TaskQuery;
import io.cairn.client.job.FaultQuery;
import io.cairn.client.job.FaultRecord;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobQuery;
import io.cairn.client.job.Listing;
import io.cairn.client.job.QuarantineQuery;
import io.cairn.client.job.QuarantinedItem;
import io.cairn.client.job.WorkerQuery;
import io.cairn.client.job.WorkerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The beginning of a list of the store, fetched page by page. A page without rows is not the last
 * one: the store looks at so many rows for one, and none of them may be in the states asked for.
 *
 * @param more there are, or may be, more than were asked for
 */
record Listed<T>(List<T> items, boolean more) {
  private static final int PAGE_ROWS = 500;

  /** At most {@code most} tasks. */
  static Listed<Task> tasks(Cairn cairn, TaskQuery query, int most) {
    return walk(query, most, (next, rows) -> cairn.tasks().list(next.limit(rows)));
  }

  /** At most {@code most} jobs. */
  static Listed<Job> jobs(Cairn cairn, JobQuery query, int most) {
    return walk(query, most, (next, rows) -> cairn.jobs().list(next.limit(rows)));
  }

  /** At most {@code most} workers. */
  static Listed<WorkerStatus> workers(Cairn cairn, int most) {
    return walk(WorkerQuery.all(), most, (next, rows) -> cairn.workers().list(next.limit(rows)));
  }

  /** All kept faults: the store keeps so many of a job, and no more. */
  static Listed<FaultRecord> faults(Cairn cairn, FaultQuery query) {
    return walk(query, Integer.MAX_VALUE, (next, rows) -> cairn.jobs().faults(next));
  }

  /** At most {@code most} items. */
  static Listed<QuarantinedItem> quarantine(Cairn cairn, QuarantineQuery query, int most) {
    return walk(query, most, (next, rows) -> cairn.jobs().quarantine(next.limit(rows)));
  }

  private static <T, Q> Listed<T> walk(
      Q first, int most, BiFunction<Q, Integer, Listing<T, Q>> fetch) {
    List<T> items = new ArrayList<>();
    Optional<Q> next = Optional.of(first);
    while (next.isPresent() && items.size() < most) {
      Listing<T, Q> page = fetch.apply(next.get(), Math.min(most - items.size(), PAGE_ROWS));
      items.addAll(page.items());
      next = page.next();
    }
    return new Listed<>(items, next.isPresent());
  }
}
