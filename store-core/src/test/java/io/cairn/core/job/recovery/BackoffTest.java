package io.cairn.core.job.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.v1.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pauses are the same on every replica, for ever: whoever changes a golden value breaks I2. */
class BackoffTest {
  private static final Long[] GOLDEN = {1_001L, 2_008L, 4_259L, 8_330L, 17_759L};

  @Test
  void pausesGrowUpToTheMaximum() {
    assertThat(pauses(retry(100, 10_000, 200), 9))
        .containsExactly(100L, 200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 10_000L, 10_000L);
    assertThat(pauses(retry(1, 8, 150), 8)).containsExactly(1L, 1L, 2L, 3L, 5L, 7L, 8L, 8L);
    assertThat(pauses(retry(50, 1_000, 100), 3)).containsExactly(50L, 50L, 50L);
    assertThat(pauses(retry(0, 1_000, 200), 3)).containsExactly(0L, 0L, 0L);
    assertThat(pauses(retry(2_000, 1_000, 200), 2)).containsExactly(1_000L, 1_000L);
  }

  @Test
  void jitterIsAHashOfTaskAndAttempt() {
    RetryPolicy retry = retry(1_000, 60_000, 200).toBuilder().setJitterPercent(20).build();
    List<Long> golden = new ArrayList<>();
    for (int attempt = 1; attempt <= 5; attempt++) {
      golden.add(Backoff.pauseMillis(retry, 42, attempt, attempt));
    }
    assertThat(golden).containsExactly(GOLDEN);
    assertThat(Backoff.pauseMillis(retry, 43, 1, 1)).isNotEqualTo(golden.get(0));
  }

  @Test
  void pausesStayWithinTheirBounds() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      RetryPolicy retry =
          RetryPolicy.newBuilder()
              .setBackoffFirstMillis(anyLong(random))
              .setBackoffMaxMillis(anyLong(random))
              .setBackoffPercent(random.nextInt())
              .setJitterPercent(random.nextInt(150) - 20)
              .build();
      int inRow = random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(100);
      long pause = Backoff.pauseMillis(retry, random.nextLong(), random.nextLong(), inRow);
      long max = Math.max(0, Math.min(retry.getBackoffMaxMillis(), Long.MAX_VALUE / 1_000));
      assertThat(pause).as(retry + " " + inRow).isBetween(0L, 2 * max);
      if (retry.getJitterPercent() <= 0) {
        assertThat(pause).isLessThanOrEqualTo(max);
      }
    }
  }

  private static long anyLong(Random random) {
    return random.nextLong() >> random.nextInt(64);
  }

  private static List<Long> pauses(RetryPolicy retry, int faults) {
    List<Long> pauses = new ArrayList<>();
    for (int inRow = 1; inRow <= faults; inRow++) {
      pauses.add(Backoff.pauseMillis(retry, 1, 1, inRow));
    }
    return pauses;
  }

  private static RetryPolicy retry(long first, long max, int percent) {
    return RetryPolicy.newBuilder()
        .setBackoffFirstMillis(first)
        .setBackoffMaxMillis(max)
        .setBackoffPercent(percent)
        .build();
  }
}
