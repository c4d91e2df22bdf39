package io.cairn.bench.load;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.bench.nodes.WorkFolder;
import io.cairn.bench.report.Figures;
import io.cairn.client.Cairn;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The time from starting a process until it serves, with many keys stored: of one server while the
 * others run, and of all at once, after they were stopped and after they were killed. Beside it,
 * the memory and the disk that keys take.
 */
public final class RestartBench {
  private static final int OUTSTANDING = 256;
  private static final double MIB = 1 << 20;

  private final NodeCluster cluster;

  /** Over a running cluster. */
  public RestartBench(NodeCluster cluster) {
    this.cluster = cluster;
  }

  /** Figures of one number of keys. */
  private record Grown(
      double loadSeconds,
      double oneStoppedSeconds,
      double allStoppedSeconds,
      double allKilledSeconds,
      double residentMib,
      double diskMib) {}

  /**
   * For each number of keys: loads those that are missing, looks at memory and disk, restarts.
   *
   * @param keyCounts rising
   */
  public Figures run(int valueBytes, List<Integer> keyCounts, Consumer<String> progress) {
    double loadBefore = Machine.load();
    List<Grown> grown = new ArrayList<>();
    int stored = 0;
    for (int keys : keyCounts) {
      progress.accept("loading %d keys of %d bytes".formatted(keys - stored, valueBytes));
      grown.add(grow(valueBytes, stored, keys, progress));
      stored = keys;
    }
    Figures figures =
        new Figures()
            .put("keys", keyCounts)
            .put("value_bytes", valueBytes)
            .put("load_seconds", each(grown, Grown::loadSeconds))
            .put("one_stopped_seconds", each(grown, Grown::oneStoppedSeconds))
            .put("all_stopped_seconds", each(grown, Grown::allStoppedSeconds))
            .put("all_killed_seconds", each(grown, Grown::allKilledSeconds))
            .put("server_rss_mib", each(grown, Grown::residentMib))
            .put("server_disk_mib", each(grown, Grown::diskMib));
    if (keyCounts.size() > 1) {
      figures
          .put("rss_bytes_per_key", perKey(keyCounts, each(grown, Grown::residentMib)))
          .put("disk_bytes_per_key", perKey(keyCounts, each(grown, Grown::diskMib)));
    }
    return figures.putAll(Machine.figures(loadBefore));
  }

  private static List<Double> each(List<Grown> grown, ToDoubleFunction<Grown> figure) {
    return grown.stream().map(figure::applyAsDouble).toList();
  }

  /** What the keys between the first and the last count have added, for each of them. */
  private static double perKey(List<Integer> keys, List<Double> mib) {
    int last = keys.size() - 1;
    return (mib.get(last) - mib.get(0)) * MIB / (keys.get(last) - keys.get(0));
  }

  private Grown grow(int valueBytes, int from, int keys, Consumer<String> progress) {
    long startNanos = System.nanoTime();
    if (keys > from) {
      try (Cairn client = Cairn.connect(cluster.endpoints())) {
        ClosedLoop.fill(client, new PutLoad(valueBytes, OUTSTANDING, 1, keys), from);
      }
    }
    final double loadSeconds = seconds(startNanos);
    double servers = cluster.nodes().size() * MIB;
    final double resident =
        cluster.nodes().stream().mapToLong(node -> node.use().residentBytes()).sum() / servers;
    ServerNode last = cluster.nodes().get(cluster.nodes().size() - 1);
    last.stop();
    startNanos = System.nanoTime();
    cluster.start(last);
    NodeCluster.awaitReady(last);
    final double oneStopped = seconds(startNanos);
    progress.accept("one server was stopped and serves again");
    cluster.nodes().forEach(ServerNode::stop);
    final double disk = WorkFolder.bytes(cluster.folder()) / servers;
    final double allStopped = restartAll(keys);
    progress.accept("all were stopped and serve again");
    cluster.nodes().forEach(ServerNode::kill);
    double allKilled = restartAll(keys);
    progress.accept("all were killed and serve again");
    return new Grown(loadSeconds, oneStopped, allStopped, allKilled, resident, disk);
  }

  /** Until each says that it serves, and a client has read a key and written one. */
  private double restartAll(int keys) {
    long startNanos = System.nanoTime();
    cluster.nodes().forEach(cluster::start);
    cluster.awaitReady();
    try (Cairn client = Cairn.connect(cluster.endpoints())) {
      if (keys > 0 && client.kv().get("bench/0").isEmpty()) {
        throw new BenchFailure("key bench/0 is gone after the restart");
      }
      client.kv().put("bench/restarted", "yes");
    }
    return seconds(startNanos);
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
