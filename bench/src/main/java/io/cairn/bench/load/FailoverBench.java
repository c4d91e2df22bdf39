package io.cairn.bench.load;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.bench.report.Figures;
import io.cairn.client.Cairn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The gap that one client sees when the leader is killed: the longest time between two acknowledged
 * puts, from a second before the kill until puts have gone on for {@link #GOES_ON_MILLIS}.
 */
public final class FailoverBench {
  private static final long GOES_ON_MILLIS = 1_000;
  private static final long SETTLE_MILLIS = 2_000;
  private static final long GAP_MILLIS_MAX = 60_000;

  private final NodeCluster cluster;

  /** Over a running cluster. */
  public FailoverBench(NodeCluster cluster) {
    this.cluster = cluster;
  }

  /** Kills the leader so often, and tells of each time. */
  public Figures run(int repeats, Consumer<String> progress) {
    double loadBefore = Machine.load();
    List<Long> gaps = new ArrayList<>();
    long failures = 0;
    try (Cairn client = Cairn.connect(cluster.endpoints());
        Puts puts = new Puts(client)) {
      puts.start();
      for (int i = 1; i <= repeats; i++) {
        Pause.millis(SETTLE_MILLIS);
        ServerNode leader = Leader.of(cluster, client);
        Pause.millis(GOES_ON_MILLIS); // a look at all nodes is work too: let it be over
        long failedBefore = puts.failed();
        puts.resetGap();
        Pause.millis(GOES_ON_MILLIS);
        long killedNanos = System.nanoTime();
        leader.kill();
        awaitGoingOn(puts, killedNanos);
        long gap = puts.longestGapMillis();
        failures += puts.failed() - failedBefore;
        gaps.add(gap);
        progress.accept(
            "%d of %d: %s killed, %d ms between two acknowledged puts, %d puts failed"
                .formatted(i, repeats, leader.name(), gap, puts.failed() - failedBefore));
        cluster.start(leader);
        cluster.awaitReady();
      }
    }
    List<Long> sorted = new ArrayList<>(gaps);
    Collections.sort(sorted);
    return new Figures()
        .put("repeats", repeats)
        .put("gap_ms", gaps)
        .put("gap_p50_ms", sorted.get((sorted.size() - 1) / 2))
        .put("gap_max_ms", sorted.get(sorted.size() - 1))
        .put("puts_failed", failures)
        .putAll(Machine.figures(loadBefore));
  }

  /** Until the newest acknowledgement is long enough after the first one behind the kill. */
  private static void awaitGoingOn(Puts puts, long killedNanos) {
    long ackedAtKill = puts.acknowledged();
    long deadlineNanos = killedNanos + GAP_MILLIS_MAX * 1_000_000;
    // One put can have been answered before the kill and be counted after it.
    while (puts.acknowledged() < ackedAtKill + 2) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new BenchFailure("no put was acknowledged for " + GAP_MILLIS_MAX + " ms");
      }
      Pause.millis(1);
    }
    Pause.millis(GOES_ON_MILLIS);
  }

  /** One put after the other, and the longest time between two that were acknowledged. */
  private static final class Puts implements AutoCloseable {
    private final Cairn client;
    private final Thread thread = new Thread(this::run, "cairn-bench-puts");
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean closed;

    // guarded by this
    private long lastNanos = System.nanoTime();
    private long longestNanos;

    Puts(Cairn client) {
      this.client = client;
    }

    void start() {
      thread.start();
    }

    private void run() {
      for (long i = 0; !closed; i++) {
        try {
          client.kv().put("bench/failover", Long.toString(i));
          noted();
        } catch (RuntimeException e) {
          failed.incrementAndGet();
        }
      }
    }

    private synchronized void noted() {
      long now = System.nanoTime();
      longestNanos = Math.max(longestNanos, now - lastNanos);
      lastNanos = now;
      acknowledged.incrementAndGet();
    }

    synchronized void resetGap() {
      longestNanos = 0;
    }

    synchronized long longestGapMillis() {
      return longestNanos / 1_000_000;
    }

    long acknowledged() {
      return acknowledged.get();
    }

    long failed() {
      return failed.get();
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
