package io.cairn.client.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.cairn.client.plan.AttemptPlan.Kind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans against tables, against exact decimals, and against dice. */
class PlannerTest {
  private static final MathContext DIGITS = new MathContext(60);

  private static Random random() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("PlannerTest: -Dseed=" + seed);
    return new Random(seed);
  }

  @ParameterizedTest
  @CsvSource({
    "0.9,0.999,3",
    "0.5,0.999,10",
    "0.9,0.9,1",
    "0.9,0.5,1",
    "0.9,0.99,2",
    "0.9,0.9999999,7",
    "0.9,0.99999999,8",
    "0.9,0.99999999999999,14",
    "0.99,0.9999,2",
    "0.99,0.999999,3",
    "0.999,0.999999,2",
    "0.7,0.973,3",
    "0.2,0.36,2",
    "0.2,0.361,3",
    "0.1,0.999,66",
    "0.01,0.999,688",
    "0.000001,0.999,6907752",
    "0.00000001,0.000000015,2",
  })
  void fewestAttemptsReachTheTarget(double p, double target, int expected) {
    AttemptPlan retries = Planner.retries(p, target);
    assertThat(retries.attempts()).isEqualTo(expected);
    assertThat(retries.replicas()).isEqualTo(1);
    assertThat(retries.kind()).isEqualTo(Kind.RETRIES);
    AttemptPlan replicas = Planner.replicas(p, target);
    assertThat(replicas.replicas()).isEqualTo(expected);
    assertThat(replicas.attempts()).isEqualTo(1);
    assertThat(replicas.expectedAttempts()).isEqualTo(expected);
    assertThat(replicas.failure()).isEqualTo(retries.failure());
    assertThat(retries.success()).isGreaterThanOrEqualTo(target - 1e-12);
  }

  @ParameterizedTest
  @CsvSource({
    "0.9,0.999,1,3,1.11,0.001",
    "0.9,0.999,2,2,2.2,0.0001",
    "0.9,0.999,3,1,3,0.001",
    "0.5,0.999,1,10,1.998046875,0.0009765625",
    "0.5,0.999,3,4,5.625,0.000244140625",
    "0.5,0.999,5,2,7.5,0.0009765625",
    "0.5,0.999,20,1,20,9.5367431640625e-7",
  })
  void replicasShareTheAttempts(
      double p, double target, int replicas, int attempts, double expected, double failure) {
    AttemptPlan plan = Planner.combined(p, target, replicas);
    assertThat(plan.attempts()).isEqualTo(attempts);
    assertThat(plan.expectedAttempts()).isCloseTo(expected, Percentage.withPercentage(1e-10));
    assertThat(plan.failure()).isCloseTo(failure, Percentage.withPercentage(1e-10));
    assertThat(plan.attemptsMax()).isEqualTo((long) replicas * attempts);
  }

  @Test
  void optionsGoFromRetriesToReplicasAndRetriesAreCheapest() {
    List<AttemptPlan> options = Planner.options(0.5, 0.999, 100);
    assertThat(options).extracting(AttemptPlan::replicas).containsExactly(1, 2, 3, 4, 5, 10);
    assertThat(options).extracting(AttemptPlan::attempts).containsExactly(10, 5, 4, 3, 2, 1);
    assertThat(options.get(0).kind()).isEqualTo(Kind.RETRIES);
    assertThat(options.get(1).kind()).isEqualTo(Kind.COMBINED);
    assertThat(options.get(5).kind()).isEqualTo(Kind.REPLICAS);
    assertThat(Planner.cheapest(options)).isEqualTo(options.get(0));
    assertThat(Planner.cheapest(options.subList(2, 6)).replicas()).isEqualTo(3);
    assertThat(Planner.options(0.5, 0.999, 4)).hasSize(4);
    assertThat(Planner.options(0.9, 0.5, 4)).hasSize(1);
    assertThatIllegalArgumentException().isThrownBy(() -> Planner.cheapest(List.of()));
  }

  @Test
  void noFewerAttemptsWouldDoInExactDecimals() {
    Random random = random();
    for (int i = 0; i < 2_000; i++) {
      double p = decimal(random, 1 + random.nextInt(3));
      double target = decimal(random, 1 + random.nextInt(6));
      int attempts = Planner.retries(p, target).attempts();
      BigDecimal allowed = BigDecimal.ONE.subtract(BigDecimal.valueOf(target));
      assertThat(failure(p, attempts)).as("%s %s", p, target).isLessThanOrEqualTo(allowed);
      if (attempts > 1) {
        assertThat(failure(p, attempts - 1)).as("%s %s", p, target).isGreaterThan(allowed);
      }
    }
  }

  /** A number above 0 and below 1 of so many decimals; every second one has nines in front. */
  private static double decimal(Random random, int digits) {
    int scale = (int) Math.pow(10, digits);
    int units = 1 + random.nextInt(scale - 1);
    return BigDecimal.valueOf(random.nextBoolean() ? scale - 1 : units, digits).doubleValue();
  }

  private static BigDecimal failure(double p, int attempts) {
    return BigDecimal.ONE.subtract(BigDecimal.valueOf(p)).pow(attempts, DIGITS);
  }

  @Test
  void moreReplicasNeverCostLessAndEveryOptionReachesTheTarget() {
    Random random = random();
    for (int i = 0; i < 2_000; i++) {
      double p = 0.001 + 0.998 * random.nextDouble();
      double target = 0.001 + 0.998 * random.nextDouble();
      List<AttemptPlan> options = Planner.options(p, target, 50);
      assertThat(Planner.cheapest(options)).isEqualTo(options.get(0));
      for (AttemptPlan plan : options) {
        assertThat(plan.failure()).isLessThanOrEqualTo((1 - target) * (1 + 1e-11));
        assertThat(plan.expectedAttempts()).isBetween(1.0, (double) plan.attemptsMax());
        assertThat(plan).isEqualTo(Planner.combined(p, target, plan.replicas()));
      }
    }
  }

  @Test
  void expectedAttemptsAreWhatDiceGive() {
    Random random = random();
    AttemptPlan plan = Planner.combined(0.3, 0.99, 3);
    assertThat(plan.attempts()).isEqualTo(5);
    int rounds = 100_000;
    long attempts = 0;
    int failed = 0;
    for (int round = 0; round < rounds; round++) {
      boolean any = false;
      for (int replica = 0; replica < plan.replicas(); replica++) {
        boolean done = false;
        for (int attempt = 0; attempt < plan.attempts() && !done; attempt++) {
          attempts++;
          done = random.nextDouble() < 0.3;
        }
        any |= done;
      }
      failed += any ? 0 : 1;
    }
    // Standard errors: below 0.01 attempts, below 0.0003.
    assertThat((double) attempts / rounds).isCloseTo(plan.expectedAttempts(), within(0.06));
    assertThat((double) failed / rounds).isCloseTo(plan.failure(), within(0.002));
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,0.99,0.9999,1e-4",
    "1,1,0.5,0.75,0.25",
    "1,4,0.99,0.9990198504,9.801496e-4",
    "2,8,0.99,0.9998861509,1.1384912e-4",
    "1,1,0.000001,0.000001999999,0.999998000001",
    "3,1,0.999999,1,1e-24",
  })
  void redundancyIsTheUpperBinomialTail(
      int spares, int workers, double a, double availability, double unavailability) {
    RedundancyPlan plan = Planner.shared(spares, workers, a);
    assertThat(plan.availability()).isCloseTo(availability, Percentage.withPercentage(1e-4));
    assertThat(plan.unavailability()).isCloseTo(unavailability, Percentage.withPercentage(1e-4));
    assertThat(plan.needed()).isEqualTo(workers);
    assertThat(plan.spares()).isEqualTo(spares);
    assertThat(plan.name()).isEqualTo(spares + ":" + workers);
  }

  @Test
  void onePlusOneAndPlusOneAreSharedSpares() {
    assertThat(Planner.onePlusOne(0.97).unavailability())
        .isEqualTo(Planner.shared(1, 1, 0.97).unavailability());
    assertThat(Planner.plusOne(7, 0.97).unavailability())
        .isEqualTo(Planner.shared(1, 7, 0.97).unavailability());
    assertThat(Planner.onePlusOne(0.97).name()).isEqualTo("1+1");
    assertThat(Planner.plusOne(7, 0.97).name()).isEqualTo("7+1");
  }

  @Test
  void redundancyAgreesWithExactDecimals() {
    Random random = random();
    for (int i = 0; i < 200; i++) {
      int workers = 1 + random.nextInt(60);
      int spares = 1 + random.nextInt(20);
      double a = decimal(random, 1 + random.nextInt(5));
      RedundancyPlan plan = Planner.shared(spares, workers, a);
      BigDecimal down = exactlyTooFew(workers, workers + spares, a);
      assertThat(plan.unavailability())
          .as("%s %s", plan, down)
          .isCloseTo(down.doubleValue(), Percentage.withPercentage(1e-9));
      assertThat(plan.availability())
          .isCloseTo(BigDecimal.ONE.subtract(down).doubleValue(), Percentage.withPercentage(1e-9));
    }
  }

  private static BigDecimal exactlyTooFew(int needed, int workers, double a) {
    BigDecimal up = BigDecimal.valueOf(a);
    BigDecimal down = BigDecimal.ONE.subtract(up);
    BigDecimal choices = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < needed; i++) {
      sum = sum.add(choices.multiply(up.pow(i)).multiply(down.pow(workers - i)));
      choices =
          choices
              .multiply(BigDecimal.valueOf(workers - i))
              .divide(BigDecimal.valueOf(i + 1), DIGITS);
    }
    return sum;
  }

  @Test
  void manyWorkersAreSummedStably() {
    RedundancyPlan plan = Planner.shared(5_000, 95_000, 0.95);
    assertThat(plan.availability()).isBetween(0.5, 0.51); // the mean is needed
    assertThat(plan.availability() + plan.unavailability()).isCloseTo(1, within(1e-12));
    assertThat(Planner.shared(1_000, 10_000, 0.99).unavailability()).isBetween(0.0, 1e-100);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {0, 1, -0.1, 1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void noProbabilityIsRefusedWithItsValue(double wrong) {
    String value = String.valueOf(wrong);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planner.retries(wrong, 0.9))
        .withMessageContaining("p must")
        .withMessageContaining(value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planner.replicas(0.9, wrong))
        .withMessageContaining("target")
        .withMessageContaining(value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planner.onePlusOne(wrong))
        .withMessageContaining("availability")
        .withMessageContaining(value);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 100_001})
  void countsOutOfRangeAreRefusedWithTheirValue(int wrong) {
    String value = String.valueOf(wrong);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planner.plusOne(wrong, 0.9))
        .withMessageContaining("workers")
        .withMessageContaining(value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planner.shared(wrong, 1, 0.9))
        .withMessageContaining("spares")
        .withMessageContaining(value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planner.options(0.9, 0.9, wrong))
        .withMessageContaining("replicas")
        .withMessageContaining(value);
  }

  @Test
  void plansBeyondAllBoundsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planner.retries(1e-12, 0.999))
        .withMessageContaining("1.0E-12")
        .withMessageContaining("0.999");
    assertThatIllegalArgumentException().isThrownBy(() -> Planner.retries(Double.MIN_VALUE, 0.999));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planner.combined(0.5, 0.9, 0))
        .withMessageContaining("0");
  }
}
