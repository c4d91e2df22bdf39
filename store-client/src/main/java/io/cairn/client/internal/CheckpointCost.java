package io.cairn.client.internal;

import java.util.OptionalLong;

/**
 * What checkpoints cost the task's own thread: the time in which it encoded and waited. Smoothed: a
 * new one counts a quarter. For one thread at a time.
 */
final class CheckpointCost {
  private static final int WEIGHT_OF_OLD = 3;
  private static final int WEIGHT_OF_ALL = 4;

  private OptionalLong smoothedNanos = OptionalLong.empty();
  private long untoldNanos;

  /** A checkpoint took so long. */
  void took(long nanos) {
    untoldNanos += nanos;
    smoothedNanos =
        OptionalLong.of(
            smoothedNanos.isEmpty()
                ? nanos
                : (smoothedNanos.getAsLong() * WEIGHT_OF_OLD + nanos) / WEIGHT_OF_ALL);
  }

  /** Of one checkpoint; empty: there was none. */
  OptionalLong nanos() {
    return smoothedNanos;
  }

  /** Microseconds of all checkpoints since this was asked last; what is left of one comes later. */
  long tellMicros() {
    long micros = untoldNanos / 1_000;
    untoldNanos -= micros * 1_000;
    return micros;
  }
}
