package io.cairn.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** What all turns of one store have shown of one load, in the order of the rounds. */
public final class Samples {
  private final List<Sample> rounds = new ArrayList<>();

  /** One round more. */
  void add(Sample sample) {
    rounds.add(sample);
  }

  /** The rounds. */
  public List<Sample> rounds() {
    return List.copyOf(rounds);
  }

  /** One figure of each round. */
  public List<Double> each(ToDoubleFunction<Sample> figure) {
    return rounds.stream().map(figure::applyAsDouble).toList();
  }

  /** The spread of one figure. */
  public Optional<Spread> spread(ToDoubleFunction<Sample> figure) {
    return Spread.of(each(figure));
  }

  /** The spread of a figure's quotients with that of another store, round by round. */
  public Optional<Spread> ratio(Samples other, ToDoubleFunction<Sample> figure) {
    return Spread.ofRatios(each(figure), other.each(figure));
  }

  /** A percentile over the times of all rounds together, in milliseconds. */
  public double millis(double percentile) {
    if (rounds.isEmpty()) {
      return 0;
    }
    Histogram all = new Histogram(rounds.get(0).nanos());
    all.reset();
    rounds.forEach(round -> all.add(round.nanos()));
    return all.getValueAtPercentile(percentile) / 1e6;
  }

  /** Operations that failed in all rounds. */
  public long failed() {
    return rounds.stream().mapToLong(Sample::failed).sum();
  }

  /** The first failure; empty if there was none. */
  public String firstError() {
    return rounds.stream()
        .map(Sample::firstError)
        .filter(error -> !error.isEmpty())
        .findFirst()
        .orElse("");
  }
}
