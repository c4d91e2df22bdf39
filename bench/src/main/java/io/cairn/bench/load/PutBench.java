package io.cairn.bench.load;

import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.nodes.ProcessUse;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.bench.report.Figures;
import io.cairn.bench.report.Latencies;
import io.cairn.client.Cairn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Rate and times of puts. */
public final class PutBench {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_MILLI = 1e3;
  private static final long MIB = 1 << 20;
  private static final long SEED = 7_420;

  private final String endpoints;
  private final List<ServerNode> servers;

  /**
   * Against a cluster.
   *
   * @param servers its processes, if they are ours, to see what they use
   */
  public PutBench(String endpoints, List<ServerNode> servers) {
    this.endpoints = endpoints;
    this.servers = servers;
  }

  /** Warms up, measures, and says what was seen. */
  public Figures run(PutLoad load, int warmupSeconds, int seconds) {
    double loadBefore = Machine.load();
    List<Cairn> clients = new ArrayList<>();
    List<ClosedLoop> loops = new ArrayList<>();
    try {
      for (int i = 0; i < load.clients(); i++) {
        Cairn client = Cairn.connect(endpoints);
        clients.add(client);
        AtomicLong count = new AtomicLong(i);
        // Scattered over the keys, so that neighbours in time are no neighbours in the store.
        loops.add(
            new ClosedLoop(
                client,
                load,
                () -> scatter(count.getAndAdd(load.clients()), load.keys()),
                SEED + i));
      }
      loops.forEach(ClosedLoop::start);
      Pause.millis(warmupSeconds * 1_000L);
      List<ProcessUse> before = use();
      long clientMillisBefore = ProcessUse.ofThis().cpuMillis();
      long ackedBefore = acknowledged(loops);
      long startNanos = System.nanoTime();
      loops.forEach(loop -> loop.measure(true));
      Pause.millis(seconds * 1_000L);
      loops.forEach(loop -> loop.measure(false));
      long acked = acknowledged(loops) - ackedBefore;
      double elapsedSeconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
      List<ProcessUse> after = use();
      long clientMillis = ProcessUse.ofThis().cpuMillis() - clientMillisBefore;
      loops.forEach(ClosedLoop::stop);
      loops.forEach(ClosedLoop::await);
      return figures(load, loops, acked, elapsedSeconds)
          .put("client_cpu_us_per_put", micros(clientMillis, acked))
          .putAll(serverFigures(before, after, acked))
          .putAll(Machine.figures(loadBefore));
    } finally {
      loops.forEach(ClosedLoop::stop);
      clients.forEach(Cairn::close);
    }
  }

  private static long scatter(long count, int keys) {
    return Math.floorMod((count * 0x9E3779B97F4A7C15L) >>> 20, (long) keys);
  }

  private static long micros(long millis, long puts) {
    return Math.round(millis * MICROS_PER_MILLI / Math.max(1, puts));
  }

  private List<ProcessUse> use() {
    return servers.stream().map(ServerNode::use).toList();
  }

  private static long acknowledged(List<ClosedLoop> loops) {
    return loops.stream().mapToLong(ClosedLoop::acknowledged).sum();
  }

  private static Figures figures(
      PutLoad load, List<ClosedLoop> loops, long acked, double elapsedSeconds) {
    Histogram all = new Histogram(loops.get(0).nanos());
    all.reset();
    loops.forEach(loop -> all.add(loop.nanos()));
    Figures figures =
        new Figures()
            .put("value_bytes", load.valueBytes())
            .put("outstanding", load.outstanding())
            .put("clients", load.clients())
            .put("keys", load.keys())
            .put("seconds", elapsedSeconds)
            .put("puts", acked)
            .put("puts_per_second", Math.round(acked / elapsedSeconds))
            .putAll(Latencies.of(all))
            .put("errors", loops.stream().mapToLong(ClosedLoop::errors).sum());
    loops.stream()
        .map(ClosedLoop::firstError)
        .filter(error -> !error.isEmpty())
        .findFirst()
        .ifPresent(error -> figures.put("first_error", error));
    return figures;
  }

  private static Figures serverFigures(
      List<ProcessUse> before, List<ProcessUse> after, long acked) {
    Figures figures = new Figures();
    if (after.isEmpty()) {
      return figures;
    }
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      micros.add(micros(after.get(i).cpuMillis() - before.get(i).cpuMillis(), acked));
    }
    return figures
        .put("server_cpu_us_per_put", micros)
        .put("server_rss_mib", after.stream().map(use -> use.residentBytes() / MIB).toList())
        .put(
            "server_rss_max_mib", after.stream().map(use -> use.residentBytesMax() / MIB).toList());
  }
}
