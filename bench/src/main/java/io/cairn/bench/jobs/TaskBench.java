package io.cairn.bench.jobs;

import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.report.Figures;
import io.cairn.client.Cairn;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.JobSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Tasks per second, from the submission of a job until it has succeeded. */
public final class TaskBench {
  private static final String NOTHING = "nothing";
  private static final double MICROS_PER_MILLI = 1e3;

  private final NodeCluster cluster;
  private final TaskLoad load;
  private final Consumer<String> progress;

  /** Over a running cluster. */
  public TaskBench(NodeCluster cluster, TaskLoad load, Consumer<String> progress) {
    this.cluster = cluster;
    this.load = load;
    this.progress = progress;
  }

  /** Runs jobs for at least {@code warmupSeconds}, then those that count. */
  public Figures run(int warmupSeconds, int repeats) {
    double loadBefore = Machine.load();
    try (Cairn client = Cairn.connect(cluster.endpoints());
        WorkerCrew crew =
            WorkerCrew.start(
                cluster.endpoints(),
                load.workers(),
                load.workers(),
                cairn ->
                    cairn.worker().handle(NOTHING, context -> null).concurrency(load.concurrency()),
                progress)) {
      CpuMeter warmup = CpuMeter.of(List.of());
      for (int i = 1; warmup.seconds() < warmupSeconds; i++) {
        progress.accept("warm-up %d: %d tasks/s".formatted(i, rate(runOne(client, "warmup-" + i))));
      }
      List<Long> rates = new ArrayList<>();
      CpuMeter cpu = CpuMeter.of(cluster.nodes());
      for (int i = 1; i <= repeats; i++) {
        rates.add(rate(runOne(client, "measured-" + i)));
        progress.accept("%d of %d: %d tasks/s".formatted(i, repeats, rates.get(i - 1)));
      }
      long tasks = (long) load.tasks() * repeats;
      List<Long> sorted = new ArrayList<>(rates);
      Collections.sort(sorted);
      return new Figures()
          .put("tasks", load.tasks())
          .put("workers", load.workers())
          .put("concurrency", load.concurrency())
          .put("tasks_per_second", rates)
          .put("tasks_per_second_p50", sorted.get(sorted.size() / 2))
          .put(
              "server_cpu_us_per_task",
              cpu.serverMillis().stream().map(millis -> micros(millis, tasks)).toList())
          .put("client_cpu_us_per_task", micros(cpu.clientMillis(), tasks))
          .put("workers_stopped", crew.stopped())
          .putAll(Machine.figures(loadBefore));
    }
  }

  private double runOne(Cairn client, String name) {
    JobSpec spec =
        JobSpec.builder(name)
            .stage(NOTHING, NOTHING, load.tasks())
            .checkpoints(CheckpointPolicy.builder().every(Duration.ZERO).build())
            .build();
    long startNanos = System.nanoTime();
    RunningJob.submit(client, spec).await(progress);
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private long rate(double seconds) {
    return Math.round(load.tasks() / seconds);
  }

  private static long micros(long millis, long tasks) {
    return Math.round(millis * MICROS_PER_MILLI / tasks);
  }
}
