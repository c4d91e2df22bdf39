package io.cairn.client.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Finds how often to try, and how many times over, so that the whole succeeds with a wanted
 * probability; and how available workers with spares are.
 *
 * <p>With q = 1 - p the failure of one attempt, and independent attempts:
 *
 * <ul>
 *   <li>n attempts one after the other all fail with q^n. Their number up to the first success is a
 *       truncated geometric variable: on average 1 + q + ... + q^(n-1) = (1 - q^n) / p.
 *   <li>m replicas side by side all fail with q^m, and cost m attempts.
 *   <li>m replicas of n attempts each all fail with q^(mn), and cost m (1 - q^n) / p.
 *   <li>Of n workers, each up with probability a, at least k are up with the sum of C(n,i) a^i
 *       (1-a)^(n-i) over i from k to n: a k-out-of-n system.
 * </ul>
 *
 * <p>The formulas are in Feller, <i>An Introduction to Probability Theory and Its Applications</i>,
 * vol. 1, chapter VI (binomial and geometric distribution), and Barlow and Proschan, <i>Statistical
 * Theory of Reliability and Life Testing</i>, 1975, chapter 1 (k-out-of-n).
 *
 * <p>Numbers are taken as they are written: with p = 0.9 a failure is 0.1 and not what is left of 1
 * in binary. Beyond that a target counts as reached if the failure is above what it allows by no
 * more than {@link #TOLERANCE} of it.
 */
public final class Planner {
  /** By which share a failure may be larger than the target allows. */
  public static final double TOLERANCE = 1e-12;

  /** Attempts that are planned, at most. */
  public static final int ATTEMPTS_MAX = 1_000_000_000;

  /** Replicas that {@link #options} tries, and workers of a redundancy, at most. */
  public static final int WORKERS_MAX = 100_000;

  private Planner() {}

  /**
   * The fewest attempts one after the other.
   *
   * @param p probability that one attempt succeeds
   * @param target probability with which one of them should
   * @throws IllegalArgumentException if one of them is not above 0 and below 1, or more than {@link
   *     #ATTEMPTS_MAX} attempts were needed
   */
  public static AttemptPlan retries(double p, double target) {
    return plan(p, 1, needed(p, target));
  }

  /**
   * The fewest replicas, each of one attempt.
   *
   * @throws IllegalArgumentException as {@link #retries} does
   */
  public static AttemptPlan replicas(double p, double target) {
    return plan(p, needed(p, target), 1);
  }

  /**
   * The fewest attempts for each of {@code replicas} replicas.
   *
   * @throws IllegalArgumentException as {@link #retries} does, or if {@code replicas} is below 1
   */
  public static AttemptPlan combined(double p, double target, int replicas) {
    checkAtLeastOne("replicas", replicas);
    return plan(p, replicas, ceilDiv(needed(p, target), replicas));
  }

  /**
   * All plans with at most {@code replicasMax} replicas, from retries to replicas: for each number
   * of attempts that is worth while the fewest replicas. Never empty.
   *
   * @throws IllegalArgumentException as {@link #retries} does, or if {@code replicasMax} is not
   *     within 1 and {@link #WORKERS_MAX}
   */
  public static List<AttemptPlan> options(double p, double target, int replicasMax) {
    checkWorkers("replicas", replicasMax);
    int needed = needed(p, target);
    List<AttemptPlan> options = new ArrayList<>();
    int attemptsBefore = Integer.MAX_VALUE;
    for (int replicas = 1; replicas <= Math.min(replicasMax, needed); replicas++) {
      int attempts = ceilDiv(needed, replicas);
      if (attempts < attemptsBefore) {
        options.add(plan(p, replicas, attempts));
        attemptsBefore = attempts;
      }
    }
    return List.copyOf(options);
  }

  /**
   * The plan with the fewest expected attempts; of equal ones that with the fewest replicas. If the
   * only limit is the target that is always retries, as only they stop at the first success; more
   * replicas are bought for time.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static AttemptPlan cheapest(Collection<AttemptPlan> plans) {
    return plans.stream()
        .reduce((best, plan) -> isCheaper(plan, best) ? plan : best)
        .orElseThrow(() -> new IllegalArgumentException("0 plans to choose from"));
  }

  private static boolean isCheaper(AttemptPlan plan, AttemptPlan than) {
    double margin = TOLERANCE * than.expectedAttempts();
    double less = than.expectedAttempts() - plan.expectedAttempts();
    return less > margin || (less >= -margin && plan.replicas() < than.replicas());
  }

  /** Two workers, one needed. The availability {@code a} is that of one worker. */
  public static RedundancyPlan onePlusOne(double a) {
    return redundancy("1+1", 1, 2, a);
  }

  /**
   * One spare for {@code workers} that are needed.
   *
   * @throws IllegalArgumentException if {@code workers} is not within 1 and {@link #WORKERS_MAX},
   *     or {@code a} not above 0 and below 1
   */
  public static RedundancyPlan plusOne(int workers, double a) {
    checkWorkers("workers", workers);
    return redundancy(workers + "+1", workers, workers + 1, a);
  }

  /**
   * {@code spares} for {@code workers} that are needed.
   *
   * @throws IllegalArgumentException as {@link #plusOne} does, for {@code spares} likewise
   */
  public static RedundancyPlan shared(int spares, int workers, double a) {
    checkWorkers("spares", spares);
    checkWorkers("workers", workers);
    return redundancy(spares + ":" + workers, workers, workers + spares, a);
  }

  private static RedundancyPlan redundancy(String name, int needed, int workers, double a) {
    checkProbability("availability", a);
    double logUp = logOf(a);
    double logDown = logOfComplement(a);
    double logChoices = 0; // of C(workers, up)
    Sum enough = new Sum();
    Sum tooFew = new Sum();
    for (int up = 0; up <= workers; up++) {
      double term = Math.exp(logChoices + up * logUp + (workers - up) * logDown);
      (up >= needed ? enough : tooFew).add(term);
      logChoices += Math.log((double) (workers - up) / (up + 1));
    }
    // Each side is a sum of its own, so that the small one keeps its digits.
    double down = Math.min(1, tooFew.value());
    double up = Math.min(1, enough.value());
    return new RedundancyPlan(
        name, needed, workers, down < 0.5 ? 1 - down : up, down < 0.5 ? down : 1 - up);
  }

  /** A compensated sum (Neumaier 1974): its error does not grow with the number of terms. */
  private static final class Sum {
    private double sum;
    private double lost;

    void add(double term) {
      double next = sum + term;
      lost += Math.abs(sum) >= Math.abs(term) ? (sum - next) + term : (term - next) + sum;
      sum = next;
    }

    double value() {
      return sum + lost;
    }
  }

  /** The fewest attempts, in whatever order, of which one succeeds. */
  private static int needed(double p, double target) {
    checkProbability("p", p);
    checkProbability("target", target);
    double logFailure = logOfComplement(p);
    double logAllowed = logOfComplement(target) + TOLERANCE; // log(x (1 + e)) is log(x) + e
    double least = Math.ceil(logAllowed / logFailure);
    if (!(least <= ATTEMPTS_MAX)) {
      throw new IllegalArgumentException(
          "p = %s and target = %s need more than %d attempts".formatted(p, target, ATTEMPTS_MAX));
    }
    return Math.max(1, (int) least);
  }

  private static AttemptPlan plan(double p, int replicas, int attempts) {
    double logFailure = logOfComplement(p);
    double expectedOfOne = attempts == 1 ? 1 : -Math.expm1(attempts * logFailure) / p;
    return new AttemptPlan(
        replicas,
        attempts,
        Math.exp((double) replicas * attempts * logFailure),
        replicas * Math.max(1, expectedOfOne));
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (int) (((long) dividend + divisor - 1) / divisor);
  }

  /** The logarithm of {@code x}, which keeps its digits when {@code x} is nearly 1. */
  private static double logOf(double x) {
    return x < 0.5 ? Math.log(x) : Math.log1p(-complement(x));
  }

  /** The logarithm of {@code 1 - x}, which keeps its digits when {@code x} is nearly 0 or 1. */
  private static double logOfComplement(double x) {
    return x < 0.5 ? Math.log1p(-x) : Math.log(complement(x));
  }

  /** What is left of 1, in decimals as the number is written. */
  private static double complement(double x) {
    return BigDecimal.ONE.subtract(BigDecimal.valueOf(x)).doubleValue();
  }

  private static void checkProbability(String name, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be above 0 and below 1, not " + value);
    }
  }

  private static void checkAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
  }

  private static void checkWorkers(String name, int value) {
    if (value < 1 || value > WORKERS_MAX) {
      throw new IllegalArgumentException(
          "%s must be within 1 and %d, not %d".formatted(name, WORKERS_MAX, value));
    }
  }
}
