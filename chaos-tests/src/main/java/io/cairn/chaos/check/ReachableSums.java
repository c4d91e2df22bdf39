package io.cairn.chaos.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which numbers are the sum of some of given ones. While all sums lie close together, each is a bit
 * of a row, and a summand moves the row and lays it over itself; the same summand n times goes in
 * by 1, 2, 4, ... of it. Sums far apart are listed, if they are few. Both have limits, and one on
 * all that an instance does.
 */
final class ReachableSums {
  /** Sums from the least to the greatest, as bits: 128 KiB. */
  private static final long SPAN_MAX = 1L << 20;

  private static final int LISTED_MAX = 10_000;

  /** Words of rows, and listed sums, that are looked at in all: a few seconds. */
  private static final long WORK_MAX = 2_000_000_000L;

  private long workLeft = WORK_MAX;

  /** Whether a number is a sum. */
  enum Answer {
    YES,
    NO,
    /** There are too many to tell. */
    UNKNOWN
  }

  /**
   * Whether {@code sum} is the sum of some of the summands, each of which may be taken as often as
   * it is there.
   *
   * @throws ArithmeticException if the sum of all does not fit into 64 bits
   */
  Answer contains(Map<Long, Integer> summands, long sum) {
    long positive = 0;
    long negative = 0;
    for (Map.Entry<Long, Integer> entry : summands.entrySet()) {
      long all = Math.multiplyExact(entry.getKey(), (long) entry.getValue());
      positive = Math.addExact(positive, Math.max(0, all));
      negative = Math.addExact(negative, Math.min(0, all));
    }
    if (sum < negative || sum > positive) {
      return Answer.NO;
    }
    if (sum == 0 || sum == negative || sum == positive || summands.containsKey(sum)) {
      return Answer.YES;
    }
    // Without a negative one is the same as with its opposite, from the least sum on.
    long wanted = Math.subtractExact(sum, negative);
    long span = Math.subtractExact(positive, negative);
    List<Long> steps = steps(summands);
    return span <= SPAN_MAX ? inRow(steps, (int) span, (int) wanted) : inList(steps, wanted);
  }

  /** Positive numbers some of which make the same sums, but fewer of them. */
  private static List<Long> steps(Map<Long, Integer> summands) {
    List<Long> steps = new ArrayList<>();
    for (Map.Entry<Long, Integer> entry : summands.entrySet()) {
      long size = Math.absExact(entry.getKey());
      int left = size == 0 ? 0 : entry.getValue();
      for (int times = 1; left > 0; times *= 2) {
        int taken = Math.min(times, left);
        steps.add(size * taken);
        left -= taken;
      }
    }
    return steps;
  }

  private Answer inRow(List<Long> steps, int span, int wanted) {
    long[] row = new long[span / Long.SIZE + 1];
    row[0] = 1;
    workLeft -= (long) steps.size() * row.length;
    if (workLeft < 0) {
      return Answer.UNKNOWN;
    }
    for (long step : steps) {
      layOver(row, (int) step);
    }
    boolean isThere = (row[wanted / Long.SIZE] & (1L << wanted)) != 0;
    return isThere ? Answer.YES : Answer.NO;
  }

  /** From the end, so that what is read has not been changed yet. */
  private static void layOver(long[] row, int bits) {
    int words = bits / Long.SIZE;
    int rest = bits % Long.SIZE;
    for (int i = row.length - 1; i >= words; i--) {
      long moved = row[i - words] << rest;
      if (rest > 0 && i > words) {
        moved |= row[i - words - 1] >>> (Long.SIZE - rest);
      }
      row[i] |= moved;
    }
  }

  private Answer inList(List<Long> steps, long wanted) {
    Set<Long> sums = new HashSet<>(Set.of(0L));
    for (long step : steps) {
      for (long sum : List.copyOf(sums)) {
        sums.add(sum + step);
      }
      workLeft -= 10L * sums.size();
      if (sums.size() > LISTED_MAX || workLeft < 0) {
        return sums.contains(wanted) ? Answer.YES : Answer.UNKNOWN;
      }
    }
    return sums.contains(wanted) ? Answer.YES : Answer.NO;
  }
}
