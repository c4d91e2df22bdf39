package io.cairn.bench.load;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.report.Figures;
import io.cairn.client.Admin;
import io.cairn.client.Cairn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What becomes of the rate of puts as keys grow in number. For each number the missing keys are
 * stored, and history is given up, removed, and some time goes by for the database's compactions;
 * then puts in a closed loop overwrite keys from all over.
 */
public final class GrowthBench {
  private static final int OUTSTANDING = 256;
  private static final int CALM_MILLIS = 10_000;
  private static final int LOOK_MILLIS = 500;
  private static final long REMOVAL_NANOS_MAX = TimeUnit.MINUTES.toNanos(10);

  /** Odd, of the golden ratio: multiples of it, modulo a number of keys, lie all over. */
  private static final long SCATTER = 0x9E3779B97F4A7C15L;

  private final NodeCluster cluster;
  private final Consumer<String> progress;

  /** Over a running cluster. */
  public GrowthBench(NodeCluster cluster, Consumer<String> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /**
   * Measures at each number of keys.
   *
   * @param keyCounts rising, from 1
   * @param warmupSeconds of puts over the first number of keys, before anything is measured
   * @param seconds of each measurement
   */
  public Figures run(int valueBytes, List<Integer> keyCounts, int warmupSeconds, int seconds) {
    double loadBefore = Machine.load();
    List<Double> rates = new ArrayList<>();
    List<Double> p99 = new ArrayList<>();
    int stored = 0;
    try (Cairn client = Cairn.connect(cluster.endpoints())) {
      for (int keys : keyCounts) {
        PutLoad load = new PutLoad(valueBytes, OUTSTANDING, 1, keys);
        progress.accept("storing %d keys of %d bytes".formatted(keys - stored, valueBytes));
        ClosedLoop.fill(client, load, stored);
        if (stored == 0) {
          progress.accept("puts for %d s, not measured".formatted(warmupSeconds));
          overwrite(client, load, warmupSeconds, rates, p99);
          rates.clear();
          p99.clear();
        }
        stored = keys;
        giveUpHistory(client);
        progress.accept("puts for %d s".formatted(seconds));
        overwrite(client, load, seconds, rates, p99);
        progress.accept("%d keys: %.0f puts a second".formatted(keys, rates.get(rates.size() - 1)));
      }
    }
    List<Double> ratios = rates.stream().map(rate -> rate / rates.get(0)).toList();
    return new Figures()
        .put("keys", keyCounts)
        .put("value_bytes", valueBytes)
        .put("outstanding", OUTSTANDING)
        .put("puts_per_second", rates)
        .put("of_the_first", ratios)
        .put("p99_ms", p99)
        .putAll(Machine.figures(loadBefore));
  }

  private void giveUpHistory(Cairn client) {
    long revision = client.kv().put("bench/compacted", "").revision();
    client.kv().compact(revision);
    progress.accept("removing history up to revision %d".formatted(revision));
    long endNanos = System.nanoTime() + REMOVAL_NANOS_MAX;
    while (Admin.removedRevision(client.admin().status()).orElse(0) < revision) {
      if (System.nanoTime() - endNanos > 0) {
        throw new BenchFailure("history was not removed in time");
      }
      Pause.millis(LOOK_MILLIS);
    }
    Pause.millis(CALM_MILLIS);
  }

  private static void overwrite(
      Cairn client, PutLoad load, int seconds, List<Double> rates, List<Double> p99) {
    AtomicLong next = new AtomicLong();
    ClosedLoop loop =
        new ClosedLoop(
            client,
            load,
            () -> Math.floorMod((next.getAndIncrement() * SCATTER) >>> 20, (long) load.keys()),
            load.keys());
    loop.start();
    loop.measure(true);
    long startNanos = System.nanoTime();
    long before = loop.acknowledged();
    Pause.millis(TimeUnit.SECONDS.toMillis(seconds));
    double acknowledged = loop.acknowledged() - before;
    rates.add(acknowledged * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - startNanos));
    loop.measure(false);
    loop.stop();
    loop.await();
    loop.refuseErrors();
    p99.add(loop.nanos().getValueAtPercentile(99) / (double) TimeUnit.MILLISECONDS.toNanos(1));
  }
}
