package io.cairn.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The interval between checkpoints by cost and faults. */
class AdaptiveIntervalTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # cost us | mtbf s | min ms | max ms  | interval ms | reason
            12000   | 840    | 1000   | 600000  | 4489        | adaptive: cost 12 ms, a fault every 840 s
            500000  | 3600   | 1000   | 600000  | 60000       | adaptive: cost 500 ms, a fault every 3600 s
            2000    | 1      | 10     | 600000  | 63          | adaptive: cost 2000 us, a fault every 1 s
            9999    | 50     | 10     | 600000  | 999         | adaptive: cost 9999 us, a fault every 50 s
            5000    | 840    | 5000   | 600000  | 5000        | adaptive: cost 5000 us, a fault every 840 s, the shortest
            500000  | 864000 | 1000   | 600000  | 600000      | adaptive: cost 500 ms, a fault every 864000 s, the longest
            499999  | 1      | 1      | 600000  | 999         | adaptive: cost 499 ms, a fault every 1 s
            500000  | 1      | 1      | 600000  | 1000        | adaptive: cost 500 ms, a fault every 1 s
            5000000 | 1      | 1      | 600000  | 1000        | adaptive: cost 5000 ms, a fault every 1 s
            0       | 840    | 100    | 600000  | 100         | adaptive: cost 0 us, a fault every 840 s, the shortest
          """)
  void intervalIsTheRootOfTwiceCostTimesTimeBetweenFaultsWithinBounds(
      long costMicros, long mtbfSeconds, long min, long max, long expected, String reason) {
    AdaptiveInterval interval =
        new AdaptiveInterval(
            Duration.ofMillis(min),
            Duration.ofMillis(max),
            Optional.of(Duration.ofSeconds(mtbfSeconds)));
    AdaptiveInterval.Choice choice = interval.at(OptionalLong.of(costMicros * 1_000));
    assertThat(choice.nanos() / 1_000_000).isEqualTo(expected);
    assertThat(choice.reason()).isEqualTo(reason);
  }

  @Test
  void intervalIsTheLongestWithoutFaultsAndTheShortestWithoutACost() {
    Duration min = Duration.ofSeconds(1);
    Duration max = Duration.ofSeconds(60);
    AdaptiveInterval faultless = new AdaptiveInterval(min, max, Optional.empty());
    assertThat(faultless.at(OptionalLong.of(1_000)))
        .isEqualTo(
            new AdaptiveInterval.Choice(max.toNanos(), "adaptive: no fault known, the longest"));
    AdaptiveInterval costless = new AdaptiveInterval(min, max, Optional.of(max));
    assertThat(costless.at(OptionalLong.empty()))
        .isEqualTo(
            new AdaptiveInterval.Choice(min.toNanos(), "adaptive: no cost known, the shortest"));
  }

  @Test
  void costIsSmoothedAndToldOnce() {
    CheckpointCost cost = new CheckpointCost();
    assertThat(cost.nanos()).isEmpty();
    cost.took(8_000);
    assertThat(cost.nanos()).hasValue(8_000);
    cost.took(16_500);
    assertThat(cost.nanos()).hasValue((3 * 8_000 + 16_500) / 4);
    assertThat(cost.tellMicros()).isEqualTo(24);
    assertThat(cost.tellMicros()).isZero();
    cost.took(500);
    assertThat(cost.tellMicros()).as("with what was left of those before").isEqualTo(1);
  }

  @Test
  void intervalFollowsTheCostThatIsMeasured() {
    AtomicLong now = new AtomicLong();
    Triggers triggers =
        new Triggers(
            Triggers.Conditions.none()
                .withInterval(Duration.ofMillis(1))
                .withAdaptive(
                    new AdaptiveInterval(
                        Duration.ofMillis(10),
                        Duration.ofMinutes(1),
                        Optional.of(Duration.ofSeconds(50)))),
            now::get);
    now.set(Duration.ofMillis(9).toNanos());
    assertThat(triggers.due()).as("a fixed interval does not count").isEmpty();
    now.set(Duration.ofMillis(10).toNanos());
    assertThat(triggers.due()).contains("adaptive");
    triggers.reset();
    triggers.took(Duration.ofMillis(10).toNanos());
    now.addAndGet(Duration.ofMillis(999).toNanos());
    assertThat(triggers.due()).isEmpty();
    now.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(triggers.due()).contains("adaptive");
    assertThat(triggers.interval().orElseThrow().reason())
        .isEqualTo("adaptive: cost 10 ms, a fault every 50 s");
  }
}
