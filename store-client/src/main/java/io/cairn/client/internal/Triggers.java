package io.cairn.client.internal;

import java.time.Duration;
import java.util.Optional;

/**
 * When a state is due to be saved: after so many items, bytes or parts, or so much time since the
 * last checkpoint, whatever was the cause of that. So each time that a condition holds is one
 * checkpoint. For one thread at a time.
 */
final class Triggers {
  /**
   * Under which conditions; 0 and empty: not under this one.
   *
   * @param adaptive chooses the interval; the fixed one does not count then
   */
  record Conditions(
      int items,
      long bytes,
      int parts,
      Optional<Duration> interval,
      Optional<AdaptiveInterval> adaptive) {
    static Conditions none() {
      return new Conditions(0, 0, 0, Optional.empty(), Optional.empty());
    }

    Conditions withItems(int count) {
      return new Conditions(count, bytes, parts, interval, adaptive);
    }

    Conditions withBytes(long count) {
      return new Conditions(items, count, parts, interval, adaptive);
    }

    Conditions withParts(int count) {
      return new Conditions(items, bytes, count, interval, adaptive);
    }

    Conditions withInterval(Duration time) {
      return new Conditions(items, bytes, parts, Optional.of(time), adaptive);
    }

    Conditions withAdaptive(AdaptiveInterval chosen) {
      return new Conditions(items, bytes, parts, interval, Optional.of(chosen));
    }
  }

  private final Conditions conditions;
  private final NanoClock clock;
  private final CheckpointCost cost = new CheckpointCost();
  private Optional<AdaptiveInterval.Choice> interval;
  private long items;
  private long bytes;
  private long parts;
  private long sinceNanos;

  Triggers(Conditions conditions, NanoClock clock) {
    this.conditions = conditions;
    this.clock = clock;
    this.interval = chosen();
    this.sinceNanos = clock.nanos();
  }

  /** Counts work that was done. */
  void count(long moreItems, long moreBytes) {
    items += moreItems;
    bytes += moreBytes;
  }

  /** Counts a part that is done. */
  void partDone() {
    parts++;
  }

  /** The trigger that fires now, if one does. */
  Optional<String> due() {
    if (conditions.items() > 0 && items >= conditions.items()) {
      return Optional.of("items");
    }
    if (conditions.bytes() > 0 && bytes >= conditions.bytes()) {
      return Optional.of("bytes");
    }
    if (conditions.parts() > 0 && parts >= conditions.parts()) {
      return Optional.of("parts");
    }
    return interval
        .filter(choice -> clock.nanos() - sinceNanos >= choice.nanos())
        .map(choice -> conditions.adaptive().isPresent() ? "adaptive" : "time");
  }

  /** A checkpoint was taken. */
  void reset() {
    items = 0;
    bytes = 0;
    parts = 0;
    sinceNanos = clock.nanos();
  }

  /** A checkpoint took so much of the task's time. */
  void took(long nanos) {
    cost.took(nanos);
    interval = chosen();
  }

  /** Microseconds that checkpoints took since this was asked last. */
  long tellCostMicros() {
    return cost.tellMicros();
  }

  /** The interval between checkpoints as it is now; empty: not by time. */
  Optional<AdaptiveInterval.Choice> interval() {
    return interval;
  }

  private Optional<AdaptiveInterval.Choice> chosen() {
    return conditions
        .adaptive()
        .map(adaptive -> adaptive.at(cost.nanos()))
        .or(
            () ->
                conditions
                    .interval()
                    .map(time -> new AdaptiveInterval.Choice(time.toNanos(), "fixed")));
  }
}
