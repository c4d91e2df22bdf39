package io.cairn.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.TaskEvent;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The success rate of partitions whose attempts fail at random is the one that planning counts
 * with: 1 - (1 - p)^n for n attempts one after the other, or for n replicas side by side.
 */
class SuccessRateTest {
  private static final long SEED = Long.getLong("seed", 20_261_125);
  private static final double P = 0.6;
  private static final int PARTITIONS = 1_000;

  /** Of the normal distribution: 99 % lie within so many standard deviations. */
  private static final double DEVIATIONS = 2.576;

  @TempDir Path folder;

  @Test
  void retriesSucceedAsOftenAsPlanned() {
    for (int attempts = 1; attempts <= 3; attempts++) {
      JobSpec.Builder spec = JobRequests.retrying(PARTITIONS, attempts);
      checkRate(run("attempts-" + attempts, spec, 1), attempts);
    }
  }

  @Test
  void replicasSucceedAsOftenAsPlanned() {
    for (int replicas = 2; replicas <= 3; replicas++) {
      JobSpec.Builder spec = RedundancyRequests.replicas(PARTITIONS, replicas);
      spec.getRetryBuilder().setAttemptsMax(1);
      checkRate(run("replicas-" + replicas, spec, replicas), replicas);
    }
  }

  private static void checkRate(double rate, int tries) {
    double planned = 1 - StrictMath.pow(1 - P, tries);
    double deviation = StrictMath.sqrt(planned * (1 - planned) / PARTITIONS);
    assertThat(rate)
        .as("success rate of %d tries", tries)
        .isBetween(planned - DEVIATIONS * deviation, planned + DEVIATIONS * deviation);
  }

  /** Runs a job whose attempts fail with probability 1 - P; returns how many partitions succeed. */
  private double run(String name, JobSpec.Builder spec, int workers) {
    Random random = new Random(SEED + name.hashCode());
    spec.setContinueOnFailure(true);
    spec.getDetectionBuilder().setAckMillis(1_000_000).setTtlMillis(1_000_000);
    try (JobStore store = new JobStore(folder.resolve(name))) {
      for (int i = 0; i < workers; i++) {
        store.register("w" + i, 1_000_000, 8, "h");
      }
      store.submit("j", spec.build());
      int seen = 0;
      while (store.job("j").getStages(0).getRunning() > 0
          || store.job("j").getStages(0).getPending() > 0) {
        for (; seen < store.allEvents().size(); seen++) {
          TaskEvent event = store.allEvents().get(seen);
          String task = event.getName().getName();
          if (event.getEvent().getKind().equals("CLAIMED") && store.task(task).getLease() != 0) {
            end(store, task, random.nextDouble() < P);
          }
        }
        store.advance(500); // pauses end
      }
      int succeeded = store.job("j").getStages(0).getSucceeded();
      int failed = store.job("j").getStages(0).getFailed();
      assertThat(succeeded + failed).isEqualTo(PARTITIONS);
      return (double) succeeded / PARTITIONS;
    }
  }

  private static void end(JobStore store, String task, boolean succeeds) {
    if (succeeds) {
      RedundancyRequests.finish(store, task, "result");
    } else {
      store.start(task);
      store.fail(task, true);
    }
  }
}
