package io.cairn.bench.load;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.bench.report.Figures;
import io.cairn.client.Cairn;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The time from starting a process until it serves, with many keys stored: of one server while the
 * others run, and of all at once, after they were stopped and after they were killed.
 */
public final class RestartBench {
  private final NodeCluster cluster;

  /** Over a running cluster. */
  public RestartBench(NodeCluster cluster) {
    this.cluster = cluster;
  }

  /** Loads the keys, then restarts. */
  public Figures run(PutLoad load, Consumer<String> progress) {
    double loadBefore = Machine.load();
    progress.accept("loading " + load.keys() + " keys of " + load.valueBytes() + " bytes");
    long startNanos = System.nanoTime();
    fill(load);
    Figures figures =
        new Figures()
            .put("keys", load.keys())
            .put("value_bytes", load.valueBytes())
            .put("load_seconds", seconds(startNanos));
    ServerNode last = cluster.nodes().get(cluster.nodes().size() - 1);
    last.stop();
    startNanos = System.nanoTime();
    cluster.start(last);
    NodeCluster.awaitReady(last);
    figures.put("one_stopped_seconds", seconds(startNanos));
    progress.accept("one server was stopped and serves again");
    cluster.nodes().forEach(ServerNode::stop);
    figures.put("all_stopped_seconds", restartAll());
    progress.accept("all were stopped and serve again");
    cluster.nodes().forEach(ServerNode::kill);
    figures.put("all_killed_seconds", restartAll());
    progress.accept("all were killed and serve again");
    return figures.putAll(Machine.figures(loadBefore));
  }

  private void fill(PutLoad load) {
    AtomicLong next = new AtomicLong();
    try (Cairn client = Cairn.connect(cluster.endpoints())) {
      ClosedLoop loop =
          new ClosedLoop(
              client,
              load,
              () -> {
                long key = next.getAndIncrement();
                return key < load.keys() ? key : -1;
              },
              load.keys());
      loop.start();
      loop.await();
      if (loop.errors() > 0) {
        throw new BenchFailure(
            loop.errors() + " puts failed, the first with: " + loop.firstError());
      }
    }
  }

  /** Until each says that it serves, and a client has read a key and written one. */
  private double restartAll() {
    long startNanos = System.nanoTime();
    cluster.nodes().forEach(cluster::start);
    cluster.awaitReady();
    try (Cairn client = Cairn.connect(cluster.endpoints())) {
      if (client.kv().get("bench/0").isEmpty()) {
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
