package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Cairn;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.Redundancy;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.Worker;
import io.cairn.client.plan.AttemptPlan;
import io.cairn.client.plan.Planner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What the planner promises is what jobs keep: partitions whose attempts fail at random, retried or
 * run as replicas on workers of a cluster, succeed as often as planned, at the planned cost.
 */
class SuccessRateTest {
  private static final double P = 0.6;
  private static final int PARTITIONS = 500;

  /** Of the normal distribution: 99 % lie within so many standard deviations. */
  private static final double DEVIATIONS = 2.576;

  private final long seed = Long.getLong("seed", 20_261_125L);

  @Test
  @WithCairn(nodes = 1)
  void retriesSucceedAsOftenAndCostAsMuchAsPlanned(CairnCluster cluster, Cairn cairn) {
    AttemptPlan plan = Planner.retries(P, 0.93);
    assertThat(plan.attempts()).isEqualTo(3);
    Job job =
        run(
            cairn,
            JobSpec.builder("retries").retry(retry().withAttemptsMax(plan.attempts())),
            plan);
    // The number of attempts is at most 3, so its deviation is at most half of what lies between.
    double deviation = (plan.attempts() - 1) / 2.0 / StrictMath.sqrt(PARTITIONS);
    assertThat((double) job.stats().attempts() / PARTITIONS)
        .as("attempts of a partition; -Dseed=%d", seed)
        .isBetween(
            plan.expectedAttempts() - DEVIATIONS * deviation,
            plan.expectedAttempts() + DEVIATIONS * deviation);
  }

  @Test
  @WithCairn(nodes = 1)
  void replicasSucceedAsOftenAsPlanned(CairnCluster cluster, Cairn cairn) {
    AttemptPlan plan = Planner.replicas(P, 0.84);
    assertThat(plan.replicas()).isEqualTo(2);
    Job job =
        run(
            cairn,
            JobSpec.builder("replicas")
                .retry(retry().withAttemptsMax(1))
                .redundancy(Redundancy.replicas(plan.replicas())),
            plan);
    assertThat(job.stats().attempts()).isEqualTo((long) plan.replicas() * PARTITIONS);
  }

  @Test
  @WithCairn(nodes = 1)
  void retriedReplicasSucceedAsOftenAsPlanned(CairnCluster cluster, Cairn cairn) {
    AttemptPlan plan = Planner.combined(P, 0.97, 2);
    assertThat(plan.attempts()).isEqualTo(2);
    Job unused =
        run(
            cairn,
            JobSpec.builder("combined")
                .retry(retry().withAttemptsMax(plan.attempts()))
                .redundancy(Redundancy.replicas(plan.replicas())),
            plan);
  }

  /** Runs a job with so many attempts and replicas; attempts succeed with probability P. */
  private Job run(Cairn cairn, JobSpec.Builder spec, AttemptPlan plan) {
    System.out.println("SuccessRateTest: -Dseed=" + seed);
    JobHandler handler =
        context -> {
          // By the attempt and not in order of running: the seed replays it on any machine.
          long draw = seed + context.taskName().hashCode() * 31L + context.attempt();
          Random random = new Random(draw);
          random.nextLong();
          if (random.nextDouble() >= P) {
            throw new IllegalStateException("injected");
          }
          return "result";
        };
    List<Worker> workers = new ArrayList<>();
    try {
      for (int i = 0; i < plan.replicas(); i++) {
        workers.add(
            cairn
                .worker()
                .id("w" + i)
                .node("n" + i)
                .handle("work", handler)
                .concurrency(16)
                .start());
      }
      JobSpec job = spec.stage("s", "work", PARTITIONS).continueOnFailure().build();
      cairn.jobs().submit(job);
      Job ended = cairn.jobs().await(job.name(), Duration.ofSeconds(60)).orElseThrow();
      checkRate((double) ended.stages().get(0).succeeded() / PARTITIONS, plan.success());
      assertThat(cairn.jobs().results(JobName.of(job.name().name()), "s"))
          .hasSize(ended.stages().get(0).succeeded());
      return ended;
    } finally {
      workers.forEach(Worker::close);
    }
  }

  private void checkRate(double rate, double planned) {
    double deviation = StrictMath.sqrt(planned * (1 - planned) / PARTITIONS);
    assertThat(rate)
        .as("success rate; -Dseed=%d", seed)
        .isBetween(planned - DEVIATIONS * deviation, planned + DEVIATIONS * deviation);
  }

  private static RetryPolicy retry() {
    return RetryPolicy.defaults().withBackoff(Duration.ofMillis(10), Duration.ofMillis(20));
  }
}
