package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreClient;
import io.cairn.bench.peers.StoreCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One client that puts one key after the other and notes when each was acknowledged. It has a
 * thread of its own; any thread asks.
 */
final class GapClient implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final int VALUE_BYTES = 16;

  private final StoreClient client;
  private final Thread thread = new Thread(this::run, "cairn-bench-puts");
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile boolean closed;

  // guarded by this
  private final List<Long> timesNanos = new ArrayList<>();

  GapClient(StoreCluster store) {
    this.client = store.connect();
  }

  void start() {
    thread.start();
  }

  private void run() {
    byte[] value = new byte[VALUE_BYTES];
    while (!closed) {
      try {
        client.put("bench/failover", value).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        noted();
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        failed.incrementAndGet();
      }
    }
  }

  private synchronized void noted() {
    timesNanos.add(System.nanoTime());
    acknowledged.incrementAndGet();
  }

  /** Forgets all but the newest acknowledgement. */
  synchronized void forget() {
    if (timesNanos.size() > 1) {
      timesNanos.subList(0, timesNanos.size() - 1).clear();
    }
  }

  /** When puts were acknowledged since {@link #forget}. */
  synchronized List<Long> timesNanos() {
    return List.copyOf(timesNanos);
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
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close();
  }
}
