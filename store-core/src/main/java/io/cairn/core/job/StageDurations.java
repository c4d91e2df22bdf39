package io.cairn.core.job;

import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.storage.v1.StageRowOrBuilder;

/**
 * How long the attempts of a stage took that succeeded: counts by class of length, four classes for
 * each doubling, so that the median is told within an eighth of itself. Integers only (I2).
 */
final class StageDurations {
  private static final int BITS = 2;
  private static final int PER_DOUBLING = 1 << BITS;

  private StageDurations() {}

  /** Counts one more. */
  static void add(StageRow.Builder stage, long millis) {
    int place = place(millis);
    while (stage.getDurationsCount() <= place) {
      stage.addDurations(0);
    }
    stage.setDurations(place, stage.getDurations(place) + 1);
  }

  /** The middle of the class that the median is in, in milliseconds; 0: none was counted. */
  static long medianMillis(StageRowOrBuilder stage) {
    long count = 0;
    for (int i = 0; i < stage.getDurationsCount(); i++) {
      count += stage.getDurations(i);
    }
    long below = 0;
    for (int i = 0; i < stage.getDurationsCount(); i++) {
      below += stage.getDurations(i);
      if (count > 0 && 2 * below >= count) {
        return Math.max(1, (floor(i) + floor(i + 1) - 1) / 2);
      }
    }
    return 0;
  }

  /** Class of a length: the place of its highest bit, and the two bits behind it. */
  static int place(long millis) {
    if (millis < PER_DOUBLING) {
      return (int) Math.max(0, millis);
    }
    int high = Long.SIZE - 1 - Long.numberOfLeadingZeros(millis);
    int rest = (int) (millis >>> (high - BITS)) & (PER_DOUBLING - 1);
    return (high - BITS + 1) * PER_DOUBLING + rest;
  }

  /** The least length of a class. */
  static long floor(int place) {
    if (place < PER_DOUBLING) {
      return place;
    }
    int shift = place / PER_DOUBLING - 1;
    return (long) (PER_DOUBLING + place % PER_DOUBLING) << shift;
  }
}
