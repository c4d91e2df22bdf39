package io.cairn.client.internal;

import java.time.Duration;
import java.util.Optional;

/**
 * When a state is due to be saved: after so many items, so many bytes, or so much time since the
 * last checkpoint. For one thread at a time.
 */
final class Triggers {
  /** Under which conditions; 0 and empty: not under this one. */
  record Conditions(int items, long bytes, Optional<Duration> interval) {
    static Conditions none() {
      return new Conditions(0, 0, Optional.empty());
    }
  }

  private final Conditions conditions;
  private final NanoClock clock;
  private long items;
  private long bytes;
  private long sinceNanos;

  Triggers(Conditions conditions, NanoClock clock) {
    this.conditions = conditions;
    this.clock = clock;
    this.sinceNanos = clock.nanos();
  }

  /** Counts work that was done. */
  void count(long moreItems, long moreBytes) {
    items += moreItems;
    bytes += moreBytes;
  }

  /** The trigger that fires now, if one does. */
  Optional<String> due() {
    if (conditions.items() > 0 && items >= conditions.items()) {
      return Optional.of("items");
    }
    if (conditions.bytes() > 0 && bytes >= conditions.bytes()) {
      return Optional.of("bytes");
    }
    return conditions
        .interval()
        .filter(interval -> clock.nanos() - sinceNanos >= interval.toNanos())
        .map(interval -> "time");
  }

  /** A checkpoint was taken. */
  void reset() {
    items = 0;
    bytes = 0;
    sinceNanos = clock.nanos();
  }
}
