package io.cairn.bench.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The middle and the ends of what was seen in several rounds. */
public record Spread(double median, double min, double max) {
  /** The spread of some numbers; empty if there is none. */
  public static Optional<Spread> of(List<Double> numbers) {
    if (numbers.isEmpty()) {
      return Optional.empty();
    }
    List<Double> sorted = new ArrayList<>(numbers);
    Collections.sort(sorted);
    int half = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    return Optional.of(new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1)));
  }

  /**
   * The spread of the quotients of each round: what both had in common in a round, such as a busy
   * machine, falls out. Rounds that one of them has not are left out, and divisors of 0.
   */
  public static Optional<Spread> ofRatios(List<Double> these, List<Double> those) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(these.size(), those.size()); i++) {
      if (those.get(i) > 0) {
        ratios.add(these.get(i) / those.get(i));
      }
    }
    return of(ratios);
  }
}
