package io.cairn.examples.spark;

/**
 * A partition's state.
 *
 * @param items items of the partition that are in the sum, counted from its first
 */
public record PartialSum(long items, long sum) {
  static final PartialSum ZERO = new PartialSum(0, 0);

  PartialSum plus(long item) {
    return new PartialSum(items + 1, sum + item);
  }
}
