package io.cairn.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void medianStandsBetweenTheEnds() {
    assertThat(Spread.of(List.of(3.0, 1.0, 8.0))).contains(new Spread(3, 1, 8));
    assertThat(Spread.of(List.of(4.0, 1.0))).contains(new Spread(2.5, 1, 4));
    assertThat(Spread.of(List.of())).isEmpty();
  }

  /** A round in which the machine was busy halves both; the quotient stays. */
  @Test
  void ratiosAreTakenRoundByRound() {
    assertThat(Spread.ofRatios(List.of(200.0, 100.0, 220.0), List.of(100.0, 50.0, 100.0)))
        .contains(new Spread(2, 2, 2.2));
    assertThat(Spread.ofRatios(List.of(1.0, 2.0), List.of(0.0))).isEmpty();
  }

  @Test
  void timesOfAllRoundsAreMerged() {
    Samples samples = new Samples();
    samples.add(sample(1_000_000, 99));
    samples.add(sample(9_000_000, 1));
    assertThat(samples.millis(50)).isBetween(0.999, 1.001);
    assertThat(samples.millis(100)).isBetween(8.99, 9.01);
    assertThat(samples.rounds()).hasSize(2);
  }

  static Sample sample(long nanos, int times) {
    Histogram histogram = new Histogram(3_600_000_000_000L, 3);
    histogram.recordValueWithCount(nanos, times);
    return new Sample(1e9 / nanos, histogram, 0, "", 100, 20, 1_024, 1 << 20);
  }
}
