package io.cairn.client.job;

import java.util.ArrayList;
import java.util.List;

/** Ways to cut work into partitions. */
public final class Partitions {
  /** Ranges of one job, all stages together, for which what is stored of it has room. */
  public static final int RANGES_MAX = 58_000;

  private Partitions() {}

  /**
   * Cuts the numbers from {@code from}, inclusive, to {@code to}, exclusive, into {@code count}
   * ranges in order, which are disjoint, cover all, and differ in size by at most one; the larger
   * ones come first. Some are empty if there are fewer numbers than ranges.
   *
   * <p>A job takes its ranges with it, and has room for {@link #RANGES_MAX} of them. A stage of
   * more partitions, up to 1,000,000, has none: its handler cuts by the partition's number.
   *
   * @throws IllegalArgumentException if count is not positive, to is less than from, or there are
   *     more than {@link Long#MAX_VALUE} numbers
   */
  public static List<RangePartition> range(long from, long to, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("partitions: " + count + ", at least 1 is needed");
    }
    if (to < from) {
      throw new IllegalArgumentException(
          "range from " + from + " to " + to + " ends before it begins");
    }
    long size;
    try {
      size = Math.subtractExact(to, from);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "range from " + from + " to " + to + " has more numbers than a long", e);
    }
    long each = size / count;
    long larger = size % count;
    List<RangePartition> ranges = new ArrayList<>(count);
    long next = from;
    for (int i = 0; i < count; i++) {
      long end = next + each + (i < larger ? 1 : 0);
      ranges.add(new RangePartition(next, end));
      next = end;
    }
    return List.copyOf(ranges);
  }
}
