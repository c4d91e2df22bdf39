package io.cairn.chaos.check;

import java.time.Duration;

/**
 * How long a search may go on, and how much it may remember. Beyond either its verdict is unknown.
 *
 * @param time for one key
 * @param memoryBytes for what was tried already
 */
public record SearchLimits(Duration time, long memoryBytes) {
  /** A minute and half a gigabyte. */
  public static final SearchLimits DEFAULT = new SearchLimits(Duration.ofSeconds(60), 512L << 20);
}
