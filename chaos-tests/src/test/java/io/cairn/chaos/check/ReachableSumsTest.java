package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.chaos.check.ReachableSums.Answer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReachableSumsTest {
  private final ReachableSums sums = new ReachableSums();

  @Test
  void agreesWithAllSubsets() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      // Close together, so that they are bits, or far apart, so that they are listed.
      long size = i % 2 == 0 ? 100 : 1L << 40;
      Map<Long, Integer> summands = new HashMap<>();
      Set<Long> all = new HashSet<>(Set.of(0L));
      for (int n = random.nextInt(9); n > 0; n--) {
        long summand = random.nextInt(3) == 0 ? 7 : random.nextLong(-size, size);
        summands.merge(summand, 1, Integer::sum);
        for (long sum : Set.copyOf(all)) {
          all.add(sum + summand);
        }
      }
      for (long sum : all) {
        for (long near = sum - 2; near <= sum + 2; near++) {
          assertThat(sums.contains(summands, near))
              .as("-Dseed=%d, %d: %d of %s", seed, i, near, summands)
              .isEqualTo(all.contains(near) ? Answer.YES : Answer.NO);
        }
      }
    }
  }

  @Test
  void thousandsOfSmallOnesAreNoTrouble() {
    assertThat(sums.contains(Map.of(2L, 5_000, 10L, 5_000), 30_001)).isEqualTo(Answer.NO);
    assertThat(sums.contains(Map.of(2L, 5_000, 10L, 5_000), 30_002)).isEqualTo(Answer.YES);
    assertThat(sums.contains(Map.of(-3L, 700, 3L, 700), 1_000)).isEqualTo(Answer.NO);
    assertThat(sums.contains(Map.of(-3L, 700, 3L, 700), -999)).isEqualTo(Answer.YES);
  }

  @Test
  void tooManyFarApartAreUnknown() {
    Map<Long, Integer> powers = new HashMap<>();
    for (int bit = 21; bit < 60; bit++) {
      powers.put(1L << bit, 1);
    }
    assertThat(sums.contains(powers, 1)).isEqualTo(Answer.UNKNOWN);
    assertThat(sums.contains(powers, -1)).isEqualTo(Answer.NO);
    assertThat(sums.contains(powers, 1L << 59)).isEqualTo(Answer.YES);
  }

  @Test
  void sumsBeyondALongAreNotWrappedAround() {
    assertThatThrownBy(() -> sums.contains(Map.of(Long.MAX_VALUE, 2), -2))
        .isInstanceOf(ArithmeticException.class);
  }
}
