package io.cairn.bench.jobs;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.report.Figures;
import io.cairn.client.Cairn;
import io.cairn.client.job.Detection;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A worker process is killed: the time until the last of its tasks has begun elsewhere. */
public final class WorkerFailoverBench {
  private static final long ALLOWED_MILLIS_OVER_TTL = 1_000;
  private static final long PATIENCE_MILLIS_OVER_TTL = 60_000;
  private static final long BEFORE_KILL_MILLIS = 1_000;

  /** Kills come at other moments between two heartbeats each time. */
  private static final long FURTHER_MILLIS = 370;

  private final NodeCluster cluster;
  private final Consumer<String> progress;

  /** Over a running cluster. */
  public WorkerFailoverBench(NodeCluster cluster, Consumer<String> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /** Kills a worker that has {@code tasks} tasks so often. */
  public Figures run(int tasks, Duration ttl, int repeats) {
    double loadBefore = Machine.load();
    List<Long> millis = new ArrayList<>();
    long limit = ttl.toMillis() + ALLOWED_MILLIS_OVER_TTL;
    try (Cairn client = Cairn.connect(cluster.endpoints())) {
      for (int i = 1; i <= repeats; i++) {
        long took = once(client, tasks, ttl, i);
        millis.add(took);
        progress.accept(
            "%d of %d: %d tasks ran elsewhere %d ms after the kill"
                .formatted(i, repeats, tasks, took));
      }
    }
    List<Long> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    return new Figures()
        .put("repeats", repeats)
        .put("tasks", tasks)
        .put("ttl_ms", ttl.toMillis())
        .put("all_elsewhere_ms", millis)
        .put("all_elsewhere_p50_ms", sorted.get((sorted.size() - 1) / 2))
        .put("all_elsewhere_max_ms", sorted.get(sorted.size() - 1))
        .put("limit_ms", limit)
        .put("within_limit", millis.stream().filter(took -> took <= limit).count())
        .putAll(Machine.figures(loadBefore));
  }

  private long once(Cairn client, int tasks, Duration ttl, int number) {
    CountDownLatch elsewhere = new CountDownLatch(tasks);
    JobName job = JobName.of("failover-" + number);
    try (WorkerProcess victim =
        WorkerProcess.start(cluster.endpoints(), "victim-" + number, tasks)) {
      client
          .jobs()
          .submit(
              JobSpec.builder(job)
                  .stage("hold", HoldingWorker.HANDLER, tasks)
                  .detection(Detection.builder().ttl(ttl).build())
                  .build());
      victim.awaitBegun(tasks);
      try (Cairn other = Cairn.connect(cluster.endpoints());
          Worker heir = heir(other, tasks, number, elsewhere)) {
        Pause.millis(BEFORE_KILL_MILLIS + number * FURTHER_MILLIS);
        if (!heir.tasks().isEmpty()) {
          throw new BenchFailure("a task left its worker before that was killed");
        }
        long killNanos = System.nanoTime();
        victim.kill();
        await(elsewhere, ttl);
        long took = (System.nanoTime() - killNanos) / 1_000_000;
        client.jobs().cancel(job);
        return took;
      }
    }
  }

  private static Worker heir(Cairn client, int tasks, int number, CountDownLatch elsewhere) {
    return client
        .worker()
        .id("heir-" + number)
        .node("heir-" + number)
        .handle(
            HoldingWorker.HANDLER,
            context -> {
              elsewhere.countDown();
              new CountDownLatch(1).await(); // until it is cancelled
              return null;
            })
        .concurrency(tasks)
        .withoutShutdownHook()
        .start();
  }

  private static void await(CountDownLatch elsewhere, Duration ttl) {
    try {
      if (!elsewhere.await(ttl.toMillis() + PATIENCE_MILLIS_OVER_TTL, TimeUnit.MILLISECONDS)) {
        throw new BenchFailure(elsewhere.getCount() + " tasks did not begin elsewhere");
      }
    } catch (InterruptedException e) {
      throw new BenchFailure("interrupted", e);
    }
  }
}
