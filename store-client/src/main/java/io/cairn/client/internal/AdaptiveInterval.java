package io.cairn.client.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The interval between checkpoints by which least time is lost, to them and to work done again
 * after faults: the square root of twice the cost C of a checkpoint times the mean time M between
 * faults (Young 1974), and M itself where a checkpoint costs half of it or more (Daly 2006).
 *
 * @param min the interval is no shorter, and this long until a cost is known
 * @param max the interval is no longer, and this long as long as no fault is known
 * @param mtbf mean time between faults; empty: none is known
 */
record AdaptiveInterval(Duration min, Duration max, Optional<Duration> mtbf) {
  private static final long NANOS_OF_MILLI = 1_000_000;
  private static final long FEW_MILLIS = 10;

  /** An interval, and what it follows from. */
  record Choice(long nanos, String reason) {}

  /** The interval at this cost of a checkpoint. */
  Choice at(OptionalLong costNanos) {
    if (mtbf.isEmpty()) {
      return new Choice(max.toNanos(), "adaptive: no fault known, the longest");
    }
    if (costNanos.isEmpty()) {
      return new Choice(min.toNanos(), "adaptive: no cost known, the shortest");
    }
    double cost = costNanos.getAsLong();
    double between = mtbf.get().toNanos();
    double best = 2 * cost < between ? Math.sqrt(2 * cost * between) : between;
    String bound = "";
    if (best < min.toNanos()) {
      best = min.toNanos();
      bound = ", the shortest";
    } else if (best > max.toNanos()) {
      best = max.toNanos();
      bound = ", the longest";
    }
    return new Choice(
        Math.round(best),
        "adaptive: cost %s, a fault every %d s%s"
            .formatted(text(costNanos.getAsLong()), mtbf.get().toSeconds(), bound));
  }

  private static String text(long nanos) {
    long millis = nanos / NANOS_OF_MILLI;
    return millis < FEW_MILLIS ? nanos / 1_000 + " us" : millis + " ms";
  }
}
