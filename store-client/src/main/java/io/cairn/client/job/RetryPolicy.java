package io.cairn.client.job;

import java.time.Duration;

/**
 * When a task is dispatched again after a fault. The pause begins with {@code backoffFirst}, grows
 * by {@code backoffPercent} with each fault in a row without a new checkpoint between, and is never
 * longer than {@code backoffLongest}; up to {@code jitterPercent} of it is added.
 *
 * @param attemptsMax faults of a task over all rules before it has failed; 0: as the recovery
 *     policy says
 * @param backoffPercent of the pause before: 200 doubles it; at least 100
 */
public record RetryPolicy(
    int attemptsMax,
    Duration backoffFirst,
    Duration backoffLongest,
    int backoffPercent,
    int jitterPercent) {
  /** As the recovery policy says, 200 ms doubled up to 60 s, and up to 20 % more. */
  public static RetryPolicy defaults() {
    return new RetryPolicy(0, Duration.ofMillis(200), Duration.ofSeconds(60), 200, 20);
  }

  /** The same, with at most so many faults of a task. */
  public RetryPolicy withAttemptsMax(int attempts) {
    return new RetryPolicy(attempts, backoffFirst, backoffLongest, backoffPercent, jitterPercent);
  }

  /** The same, with other pauses. */
  public RetryPolicy withBackoff(Duration first, Duration longest) {
    return new RetryPolicy(attemptsMax, first, longest, backoffPercent, jitterPercent);
  }

  /** The same, with another growth. */
  public RetryPolicy withGrowth(int percent, int jitter) {
    return new RetryPolicy(attemptsMax, backoffFirst, backoffLongest, percent, jitter);
  }
}
