package io.cairn.chaos.run;

import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.Pause;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Since when each node serves without a break, looked at beside all that goes on. A thread of its
 * own asks; any thread may look.
 */
final class ServingWatch implements AutoCloseable {
  private static final long POLL_MILLIS = 100;

  private final Cluster cluster;
  private final Map<String, Long> servesSinceNanos = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::watch, "chaos-serving");
  private volatile boolean over;

  private ServingWatch(Cluster cluster) {
    this.cluster = cluster;
    thread.setDaemon(true);
  }

  /** Looks once, and again and again until it is closed. */
  static ServingWatch of(Cluster cluster) {
    ServingWatch watch = new ServingWatch(cluster);
    watch.look();
    watch.thread.start();
    return watch;
  }

  private void watch() {
    try {
      while (!over) {
        look();
        Pause.millis(POLL_MILLIS);
      }
    } finally {
      servesSinceNanos.clear(); // nobody looks any more
    }
  }

  /** Looks once. */
  private void look() {
    Set<String> serving = cluster.serving();
    long nowNanos = System.nanoTime();
    servesSinceNanos.keySet().retainAll(serving);
    serving.forEach(node -> servesSinceNanos.putIfAbsent(node, nowNanos));
  }

  /**
   * How long it took this node to serve after this time, in milliseconds; 0 if it did all the time.
   * A node that was not seen to serve does now.
   */
  long millisAfter(long sinceNanos, String node) {
    long nowNanos = System.nanoTime();
    long servesNanos = servesSinceNanos.getOrDefault(node, nowNanos);
    return Math.max(0, servesNanos - sinceNanos) / 1_000_000;
  }

  @Override
  public void close() {
    over = true;
  }
}
