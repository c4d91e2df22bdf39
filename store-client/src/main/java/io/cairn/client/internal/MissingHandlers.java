package io.cairn.client.internal;

import io.cairn.client.job.Job;
import io.cairn.client.job.Listing;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.StageStatus;
import io.cairn.client.job.WorkerQuery;
import io.cairn.client.job.WorkerStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells which handlers a job waits for because no worker has them. */
final class MissingHandlers {
  private final WorkerCalls workers;

  MissingHandlers(WorkerCalls workers) {
    this.workers = workers;
  }

  /** The same job, with what it misses. Workers are asked for only when a stage stands still. */
  Job told(Job job) {
    Set<String> wanted = waitedFor(job);
    Optional<WorkerQuery> next = Optional.of(WorkerQuery.all());
    while (!wanted.isEmpty() && next.isPresent()) {
      Listing<WorkerStatus, WorkerQuery> page = workers.list(next.get());
      page.items().forEach(worker -> wanted.removeAll(worker.handlers()));
      next = page.next();
    }
    return wanted.isEmpty() ? job : job.withHandlersMissing(wanted);
  }

  private static Set<String> waitedFor(Job job) {
    Map<String, String> handlers = new HashMap<>();
    job.spec()
        .ifPresent(
            spec -> {
              for (StageSpec stage : spec.stages()) {
                handlers.put(stage.name(), stage.handler());
              }
            });
    Set<String> wanted = new HashSet<>();
    for (StageStatus stage : job.stages()) {
      boolean standsStill =
          stage.open() && stage.running() == 0 && stage.waiting() + stage.pending() > 0;
      if (!job.state().hasEnded() && standsStill) {
        Optional.ofNullable(handlers.get(stage.name())).ifPresent(wanted::add);
      }
    }
    return wanted;
  }
}
