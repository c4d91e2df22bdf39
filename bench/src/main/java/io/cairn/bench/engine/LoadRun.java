package io.cairn.bench.engine;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Pause;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * One load, run once. In a closed loop all that end within the window count, from when they were
 * sent. In an open loop all that were to be sent within the window count, from when they were to be
 * sent, and the run waits for them. The calling thread keeps the time and, in an open loop, sends;
 * operations end on any thread.
 */
public final class LoadRun {
  /** A run gives up here: a store that refuses all at once must not spin it. */
  private static final int FAILURES_MAX = 1_000;

  private static final long PATIENCE_SECONDS = 60;
  private static final long NANOS_MAX = 3_600_000_000_000L;
  private static final int DIGITS = 3;

  private final Operation operation;
  private final Pace pace;
  private final Semaphore free;
  private final Recorder recorder = new Recorder(NANOS_MAX, DIGITS);
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicReference<String> firstError = new AtomicReference<>("");
  private volatile boolean stopped;
  private volatile boolean measuring;

  /** A load of one operation. */
  public LoadRun(Operation operation, Pace pace) {
    this.operation = operation;
    this.pace = pace;
    this.free = new Semaphore(pace.outstandingMax());
  }

  /** Sends for {@code rampMillis}, then for {@code millis} that count; all have ended on return. */
  public Measured run(long rampMillis, long millis, Window window) {
    double seconds =
        pace instanceof Pace.Open open
            ? runOpen(open, rampMillis, millis, window)
            : runClosed(rampMillis, millis, window);
    Histogram nanos = recorder.getIntervalHistogram();
    return new Measured(
        acknowledged.get(), failed.get(), String.valueOf(firstError.get()), seconds, nanos);
  }

  /** Sends {@code count} operations and waits for their ends. */
  public Measured runCounted(long count) {
    long startNanos = System.nanoTime();
    measuring = true;
    for (long i = 0; i < count && !stopped; i++) {
      acquire(1);
      send(System.nanoTime(), true);
    }
    awaitAll();
    return new Measured(
        acknowledged.get(),
        failed.get(),
        String.valueOf(firstError.get()),
        secondsSince(startNanos),
        recorder.getIntervalHistogram());
  }

  private double runClosed(long rampMillis, long millis, Window window) {
    acquire(pace.outstandingMax());
    // Not on this thread, which keeps the time: a store may answer while it is asked.
    Thread sender = new Thread(this::lanes, "cairn-bench-send");
    sender.setDaemon(true);
    sender.start();
    double seconds;
    try {
      Pause.millis(rampMillis);
      window.opened();
      long startNanos = System.nanoTime();
      measuring = true;
      Pause.millis(millis);
      measuring = false;
      seconds = secondsSince(startNanos);
      window.closed();
    } finally {
      stopped = true;
    }
    awaitAll();
    return seconds;
  }

  private void lanes() {
    for (int i = 0; i < pace.outstandingMax(); i++) {
      lane();
    }
  }

  /** One of those that are on their way at a time: sends the next when the one before has ended. */
  private void lane() {
    while (!stopped) {
      long startNanos = System.nanoTime();
      CompletableFuture<?> sent = started();
      if (!sent.isDone()) {
        var unused =
            sent.whenComplete(
                (result, failure) -> {
                  noted(startNanos, failure, measuring);
                  lane();
                });
        return;
      }
      // Not behind whenComplete: those that end at once would pile up on the stack.
      noted(startNanos, failureOf(sent), measuring);
    }
    free.release();
  }

  private double runOpen(Pace.Open open, long rampMillis, long millis, Window window) {
    long startNanos = System.nanoTime();
    long fromNanos = startNanos + TimeUnit.MILLISECONDS.toNanos(rampMillis);
    long toNanos = fromNanos + TimeUnit.MILLISECONDS.toNanos(millis);
    long openedNanos = 0;
    for (long number = 0; !stopped; number++) {
      long intendedNanos = startNanos + open.offsetNanos(number);
      if (openedNanos == 0 && intendedNanos - fromNanos >= 0) {
        awaitTime(fromNanos);
        window.opened();
        openedNanos = System.nanoTime();
        measuring = true;
      }
      if (intendedNanos - toNanos >= 0) {
        awaitTime(toNanos);
        break;
      }
      awaitTime(intendedNanos);
      acquire(1);
      send(intendedNanos, openedNanos != 0);
    }
    measuring = false;
    final double seconds = secondsSince(openedNanos == 0 ? startNanos : openedNanos);
    window.closed();
    stopped = true;
    awaitAll();
    return seconds;
  }

  /** Sends one, whose time counts from {@code intendedNanos} if it {@code isRecorded}. */
  private void send(long intendedNanos, boolean isRecorded) {
    var unused =
        started()
            .whenComplete(
                (result, failure) -> {
                  noted(intendedNanos, failure, isRecorded);
                  free.release();
                });
  }

  private CompletableFuture<?> started() {
    try {
      return operation.start(next.getAndIncrement());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static @Nullable Throwable failureOf(CompletableFuture<?> done) {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    var unused = done.whenComplete((result, why) -> failure.set(why));
    return failure.get();
  }

  private void noted(long startNanos, @Nullable Throwable failure, boolean isRecorded) {
    if (failure == null) {
      if (measuring) {
        acknowledged.incrementAndGet();
      }
      if (isRecorded) {
        recorder.recordValue(Math.min(NANOS_MAX, Math.max(0, System.nanoTime() - startNanos)));
      }
    } else {
      firstError.compareAndSet("", failure.toString());
      if (failed.incrementAndGet() >= FAILURES_MAX) {
        stopped = true;
      }
    }
  }

  private void awaitAll() {
    acquire(pace.outstandingMax());
  }

  private void acquire(int permits) {
    try {
      if (!free.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new BenchFailure(
            "operations have no end after %d s; first failure: %s"
                .formatted(PATIENCE_SECONDS, firstError.get()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  private static void awaitTime(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      if (Thread.interrupted()) {
        throw new BenchFailure("interrupted");
      }
      LockSupport.parkNanos(left);
    }
  }

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
