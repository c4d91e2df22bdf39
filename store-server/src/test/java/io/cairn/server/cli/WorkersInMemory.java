package io.cairn.server.cli;

import io.cairn.client.Task;
import io.cairn.client.job.Listing;
import io.cairn.client.job.WorkerHealth;
import io.cairn.client.job.WorkerLoad;
import io.cairn.client.job.WorkerQuery;
import io.cairn.client.job.WorkerStatus;
import io.cairn.client.job.WorkerTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The workers of {@link JobsInMemory}, in the order of their ids. */
final class WorkersInMemory {
  final List<WorkerStatus> rows = new ArrayList<>();

  /** What the client's interface calls; each worker has been given the first of {@code tasks}. */
  Map<String, Function<Object[], Object>> calls(List<Task> tasks, int pageRows) {
    return Map.of(
        "list", given -> list((WorkerQuery) given[0], pageRows),
        "get", given -> rows.stream().filter(one -> one.id().equals(given[0])).findFirst(),
        "drain", given -> drained((String) given[0], (long) given[1]),
        "remove", given -> removed((String) given[0], (long) given[1]),
        "tasks", given -> tasks.stream().limit(1).map(task -> new WorkerTask(task, 3, 9)).toList());
  }

  private Listing<WorkerStatus, WorkerQuery> list(WorkerQuery query, int pageRows) {
    List<WorkerStatus> found =
        rows.stream().filter(worker -> worker.id().compareTo(query.after()) > 0).toList();
    int most = Math.min(pageRows, query.limit());
    List<WorkerStatus> page = found.stream().limit(most).toList();
    return new Listing<>(
        page,
        found.size() > most
            ? Optional.of(new WorkerQuery(page.get(most - 1).id(), query.limit()))
            : Optional.empty());
  }

  private WorkerStatus removed(String id, long epoch) {
    WorkerStatus worker =
        rows.stream()
            .filter(one -> one.id().equals(id) && one.epoch() == epoch)
            .findFirst()
            .orElseThrow();
    rows.remove(worker);
    return worker;
  }

  private WorkerStatus drained(String id, long epoch) {
    WorkerStatus was = removed(id, epoch);
    WorkerStatus drained =
        new WorkerStatus(
            was.id(),
            was.node(),
            was.epoch(),
            was.lease(),
            was.capacity(),
            was.handlers(),
            was.spare(),
            WorkerHealth.DRAINING,
            was.reason(),
            was.running(),
            was.load(),
            was.connectionsLost(),
            was.registerTimeMillis(),
            was.reportTimeMillis(),
            was.labels());
    rows.add(0, drained);
    return drained;
  }

  /** A worker with a load. */
  static WorkerStatus worker(String id, String node, boolean spare, String... handlers) {
    return new WorkerStatus(
        id,
        node,
        11,
        5,
        4,
        Set.of(handlers),
        spare,
        spare ? WorkerHealth.STRAINED : WorkerHealth.HEALTHY,
        spare ? "heap 97% of at most 95%" : "",
        2,
        Optional.of(new WorkerLoad(80, 40, 3)),
        1,
        10_000,
        18_500,
        Map.of());
  }
}
