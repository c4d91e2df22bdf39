package io.cairn.client.plan;

/**
 * So many replicas side by side, and so many attempts for each of them. Attempts succeed or fail
 * independently of each other.
 *
 * @param replicas how many there are
 * @param attempts how often each of them is tried at most
 * @param failure the probability that no attempt of any replica succeeds
 * @param expectedAttempts how many attempts there are on average, of all replicas together; a
 *     replica stops at its own first success, not at that of another
 */
public record AttemptPlan(int replicas, int attempts, double failure, double expectedAttempts) {
  /** What a plan relies on. */
  public enum Kind {
    /** One replica, tried again: the least work. */
    RETRIES,
    /** Several replicas, each tried once: the least time. */
    REPLICAS,
    /** Several replicas, each tried again. */
    COMBINED
  }

  /** Checks the numbers. */
  public AttemptPlan {
    if (replicas < 1) {
      throw new IllegalArgumentException("replicas must be at least 1, not " + replicas);
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be at least 1, not " + attempts);
    }
    if (!(failure >= 0 && failure <= 1)) {
      throw new IllegalArgumentException("failure must be within 0 and 1, not " + failure);
    }
    if (!(expectedAttempts >= 1)) {
      throw new IllegalArgumentException(
          "expected attempts must be at least 1, not " + expectedAttempts);
    }
  }

  /** What it relies on. */
  public Kind kind() {
    if (replicas == 1) {
      return Kind.RETRIES;
    }
    return attempts == 1 ? Kind.REPLICAS : Kind.COMBINED;
  }

  /** The probability that some attempt of some replica succeeds. */
  public double success() {
    return 1 - failure;
  }

  /** How many attempts there are if all but the last fail, of all replicas together. */
  public long attemptsMax() {
    return (long) replicas * attempts;
  }
}
