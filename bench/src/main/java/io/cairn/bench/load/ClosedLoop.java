package io.cairn.bench.load;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Puts of one client in a closed loop: each answer sends the next put, so as many wait as at the
 * start, until the source of keys ends or {@link #stop} is called. Puts that began and ended while
 * {@link #measure measuring} are counted. Answers are noted on the client's thread, which owns the
 * histogram until all have ended.
 */
final class ClosedLoop {
  /** Gives the number of the next key; negative: no more. Client's thread. */
  interface KeySource {
    long next();
  }

  /** A loop gives up here: a store that refuses all at once must not spin it. */
  private static final int ERRORS_MAX = 1_000;

  private static final long NANOS_MAX = 3_600_000_000_000L;
  private static final int VALUES = 64;
  private static final int DIGITS = 3;

  private final Cairn client;
  private final KeySource keys;
  private final int outstanding;
  private final Bytes[] values = new Bytes[VALUES];
  private final Semaphore ended = new Semaphore(0);
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final AtomicReference<String> firstError = new AtomicReference<>("");
  private final Histogram nanos = new Histogram(NANOS_MAX, DIGITS);
  private volatile boolean stopped;
  private volatile boolean measuring;
  private volatile long measuredFromNanos;

  ClosedLoop(Cairn client, PutLoad load, KeySource keys, long seed) {
    this.client = client;
    this.keys = keys;
    this.outstanding = load.outstanding();
    Random random = new Random(seed);
    for (int i = 0; i < VALUES; i++) {
      byte[] value = new byte[load.valueBytes()];
      random.nextBytes(value); // not compressible: no figure is owed to the compressor
      values[i] = Bytes.of(value);
    }
  }

  /** Writes the keys of a load from number {@code from} on, each once. Any failure is refused. */
  static void fill(Cairn client, PutLoad load, long from) {
    AtomicLong next = new AtomicLong(from);
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
    loop.refuseErrors();
  }

  /** Throws if a put has failed. After {@link #await}. */
  void refuseErrors() {
    if (errors() > 0) {
      throw new BenchFailure(errors() + " puts failed, the first with: " + firstError());
    }
  }

  /** Sends the first puts. */
  void start() {
    for (int i = 0; i < outstanding; i++) {
      next();
    }
  }

  /** Counts from now on, or no longer. */
  void measure(boolean wanted) {
    measuredFromNanos = System.nanoTime();
    measuring = wanted;
  }

  /** Sends no more. */
  void stop() {
    stopped = true;
  }

  /** Waits until each put has ended, and the source has if nobody stopped this. */
  void await() {
    try {
      ended.acquire(outstanding);
    } catch (InterruptedException e) {
      throw new BenchFailure("interrupted", e);
    }
  }

  /** Times of the counted puts in nanoseconds. After {@link #await}. */
  Histogram nanos() {
    return nanos;
  }

  /** Puts that were acknowledged, counted or not. Any thread. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Puts that failed. Any thread. */
  long errors() {
    return errors.get();
  }

  /** The first failure; empty if there was none. Any thread. */
  String firstError() {
    return String.valueOf(firstError.get());
  }

  private void next() {
    long key = stopped ? -1 : keys.next();
    if (key < 0) {
      ended.release();
      return;
    }
    long startNanos = System.nanoTime();
    var unused =
        client
            .kv()
            .async()
            .put(Bytes.utf8("bench/" + key), values[(int) (key % VALUES)])
            .whenComplete((result, failure) -> done(startNanos, failure));
  }

  private void done(long startNanos, @Nullable Throwable failure) {
    if (failure == null) {
      acknowledged.incrementAndGet();
      if (measuring && startNanos - measuredFromNanos >= 0) {
        nanos.recordValue(Math.min(NANOS_MAX, System.nanoTime() - startNanos));
      }
    } else {
      firstError.compareAndSet("", String.valueOf(failure.getMessage()));
      if (errors.incrementAndGet() >= ERRORS_MAX) {
        stopped = true;
      }
    }
    next();
  }
}
