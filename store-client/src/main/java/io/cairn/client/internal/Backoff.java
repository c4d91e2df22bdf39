package io.cairn.client.internal;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Pauses between attempts: exponential with full jitter, as in Brooker, "Exponential Backoff And
 * Jitter". Immutable.
 */
record Backoff(Duration first, Duration longest, DoubleSupplier random) {
  private static final int DOUBLINGS_MAX = 30;

  /** The pause before attempt {@code number}, from 1: anything up to its bound. */
  long nanos(int number) {
    int doublings = Math.min(Math.max(number - 1, 0), DOUBLINGS_MAX);
    double bound =
        Math.min((double) longest.toNanos(), (double) first.toNanos() * (1L << doublings));
    return Math.max(1, (long) (bound * random.getAsDouble()));
  }
}
