package io.cairn.server.raft;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One term in which this node leads, and the log time it stamps with: the log time it found plus
 * what has passed since, by a clock that never jumps (I10).
 */
final class Reign {
  private final long term;
  private final long baseMillis;
  private final long startNanos;
  private final LongSupplier nanoTime;
  private volatile boolean confirmed;

  Reign(long term, long baseMillis, LongSupplier nanoTime) {
    this.term = term;
    this.baseMillis = baseMillis;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  long term() {
    return term;
  }

  /** Milliseconds since it began. */
  long ageMillis() {
    return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startNanos);
  }

  /** Log time now, in milliseconds. */
  long logTimeMillis() {
    return baseMillis + TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startNanos);
  }

  /**
   * True once this term's LeaderStart has been applied: before that nothing may end, and nothing
   * linearizable be read.
   */
  boolean confirmed() {
    return confirmed;
  }

  void confirm() {
    confirmed = true;
  }
}
