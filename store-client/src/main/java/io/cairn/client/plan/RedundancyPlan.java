package io.cairn.client.plan;

/**
 * So many workers, of which so many are needed at any time.
 *
 * @param name as people write it: {@code 1+1}, {@code 4+1}, {@code 2:8} (two spares for eight)
 * @param needed how many must be up
 * @param workers how many there are, spares included
 * @param availability the probability that enough are up
 * @param unavailability the probability that they are not; told on its own, as it is exact where
 *     the other one is nearly 1
 */
public record RedundancyPlan(
    String name, int needed, int workers, double availability, double unavailability) {
  /** Checks the numbers. */
  public RedundancyPlan {
    if (needed < 1 || needed > workers) {
      throw new IllegalArgumentException(
          "needed workers must be within 1 and %d, not %d".formatted(workers, needed));
    }
  }

  /** How many may be down. */
  public int spares() {
    return workers - needed;
  }
}
