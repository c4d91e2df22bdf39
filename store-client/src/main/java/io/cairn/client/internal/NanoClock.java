package io.cairn.client.internal;

import java.time.Duration;

/** A monotonic clock. Only differences mean something. */
interface NanoClock {
  /** The clock of this machine. */
  NanoClock SYSTEM = System::nanoTime;

  /** Nanoseconds since some point. */
  long nanos();

  /** A time to wait, in nanoseconds; of one that is longer, as many as there are. */
  static long nanosOf(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException e) {
      return time.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
