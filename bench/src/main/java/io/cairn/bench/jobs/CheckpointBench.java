package io.cairn.bench.jobs;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.report.Figures;
import io.cairn.client.Cairn;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.JobSpec;
import io.cairn.examples.flights.FlightsFile;
import io.cairn.examples.flights.FlightsJob;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The flights job with checkpoints and without: what they add to its time. Each pair has the other
 * order than the one before, so that a machine that grows faster or slower favours neither.
 */
public final class CheckpointBench {
  private static final int PARTITIONS = 8;
  private static final int WORKERS = 2;
  private static final double PERCENT = 100;

  private final NodeCluster cluster;
  private final Path input;
  private final Consumer<String> progress;

  /** Over a running cluster. */
  public CheckpointBench(NodeCluster cluster, Path input, Consumer<String> progress) {
    this.cluster = cluster;
    this.input = input;
    this.progress = progress;
  }

  /** What one run took, and what all processes used for it. */
  private record Cost(double seconds, long cpuMillis) {}

  /**
   * Runs pairs; {@code hashes} is the work of a row. Before them, jobs whose rows are no work save
   * checkpoints for so many seconds: with work, it would be minutes until that code is compiled.
   */
  public Figures run(int hashes, int pairs, int warmupSeconds) {
    double loadBefore = Machine.load();
    FlightsFile flights = read();
    RowWork work = new RowWork();
    List<Cost> with = new ArrayList<>();
    List<Cost> without = new ArrayList<>();
    try (Cairn client = Cairn.connect(cluster.endpoints());
        WorkerCrew crew =
            WorkerCrew.start(
                cluster.endpoints(),
                WORKERS,
                WORKERS,
                cairn -> FlightsJob.worker(cairn, flights, work).concurrency(1),
                progress)) {
      warmUp(client, flights, warmupSeconds);
      work.hashes(hashes);
      for (int i = 0; i <= pairs; i++) {
        boolean plainFirst = i % 2 == 1; // what comes second runs on code compiled better
        Cost before = runOne(client, flights, plainFirst, i);
        Cost after = runOne(client, flights, !plainFirst, i);
        Cost saved = plainFirst ? after : before;
        Cost plain = plainFirst ? before : after;
        progress.accept(
            "%s: %.2f s with checkpoints, %.2f s without"
                .formatted(
                    i == 0 ? "warm-up" : i + " of " + pairs, saved.seconds(), plain.seconds()));
        if (i > 0) {
          with.add(saved);
          without.add(plain);
        }
      }
      return new Figures()
          .put("rows", flights.rows())
          .put("checkpoint_rows", FlightsJob.CHECKPOINT_ROWS)
          .put("us_per_row", work.micros())
          .put("with_seconds", with.stream().map(Cost::seconds).toList())
          .put("without_seconds", without.stream().map(Cost::seconds).toList())
          .put("more_time_percent", more(seconds(with), seconds(without)))
          .put("more_cpu_percent", more(cpu(with), cpu(without)))
          .put("workers_stopped", crew.stopped())
          .putAll(Machine.figures(loadBefore));
    }
  }

  private void warmUp(Cairn client, FlightsFile flights, int seconds) {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    int jobs = 0;
    while (System.nanoTime() - endNanos < 0) {
      jobs++;
      runOne(client, flights, false, -jobs);
    }
    progress.accept("warm-up: %d jobs without work".formatted(jobs));
  }

  private FlightsFile read() {
    try {
      return FlightsFile.read(input);
    } catch (IOException e) {
      throw new BenchFailure("cannot read the flights: " + e.getMessage(), e);
    }
  }

  private Cost runOne(Cairn client, FlightsFile flights, boolean plain, int pair) {
    int rows = plain ? 0 : FlightsJob.CHECKPOINT_ROWS;
    JobSpec spec =
        FlightsJob.spec(
                (plain ? "without" : "with") + (pair < 0 ? "-warm" : "-") + pair,
                flights.rows(),
                PARTITIONS)
            .checkpoints(CheckpointPolicy.builder().every(rows).every(Duration.ZERO).build())
            .build();
    CpuMeter cpu = CpuMeter.of(cluster.nodes());
    RunningJob.submit(client, spec).await(progress);
    Cost cost = new Cost(cpu.seconds(), cpu.allMillis());
    long counted = FlightsJob.result(client, spec.name()).rows();
    if (counted != flights.rows()) {
      throw new BenchFailure("%d rows were counted of %d".formatted(counted, flights.rows()));
    }
    return cost;
  }

  private static double seconds(List<Cost> costs) {
    return median(costs.stream().map(Cost::seconds).toList());
  }

  private static double cpu(List<Cost> costs) {
    return median(costs.stream().map(cost -> (double) cost.cpuMillis()).toList());
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  private static double more(double with, double without) {
    return PERCENT * (with / without - 1);
  }
}
