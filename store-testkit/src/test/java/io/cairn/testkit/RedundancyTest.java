package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Cairn;
import io.cairn.client.TaskResult;
import io.cairn.client.job.Detection;
import io.cairn.client.job.FaultQuery;
import io.cairn.client.job.FaultRecord;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.client.job.Redundancy;
import io.cairn.client.job.ResultValue;
import io.cairn.client.job.Verification;
import io.cairn.client.job.Worker;
import io.cairn.client.job.WorkerBuilder;
import io.cairn.protocol.FaultTypes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Standbys, stragglers and liars on workers of a real cluster. */
class RedundancyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration TTL = Duration.ofSeconds(2);

  @Test
  @WithCairn(nodes = 1)
  void standbyHasTheTaskOfALostWorkerWithinItsTimeToLiveAndASecond(
      CairnCluster cluster, Cairn cairn) throws Exception {
    Map<String, Long> begun = new ConcurrentHashMap<>();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    JobHandler handler =
        context -> {
          begun.put(context.worker(), System.nanoTime());
          first.countDown();
          second.countDown();
          goOn.await();
          return context.worker();
        };
    Cairn dying = cluster.clientBuilder().build();
    Worker lost = worker(dying, "lost", handler).start();
    cairn.jobs().submit(job("standby").redundancy(Redundancy.standby()).build());
    assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
    try (Worker standby = worker(cairn, "standby", handler).start()) {
      long killed = System.nanoTime();
      dying.close(); // its lease is not given up: the worker is silent
      assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(Duration.ofNanos(begun.get("standby") - killed)).isLessThan(TTL.plusSeconds(1));
      goOn.countDown();
      assertThat(ended(cairn, "standby").state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(result(cairn, "standby").as(String.class)).isEqualTo("standby");
      assertThat(standby.isRunning() && !lost.isRunning()).isTrue();
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void secondRunOfAStragglerWinsAndTheStragglerIsFenced(CairnCluster cluster, Cairn cairn)
      throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    JobHandler handler =
        context -> {
          if (context.partition() == 3 && context.replica() == 0) {
            try {
              never.await();
            } catch (InterruptedException e) {
              interrupted.countDown();
              throw e;
            }
          }
          return "by run " + context.replica();
        };
    try (Worker one = worker(cairn, "one", handler).start();
        Worker two = worker(cairn, "two", handler).start()) {
      cairn
          .jobs()
          .submit(
              JobSpec.builder("slow")
                  .stage("s", "work", 4)
                  .redundancy(Redundancy.speculate(150, Duration.ofMillis(300)))
                  .build());
      Job job = ended(cairn, "slow");
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.stages().get(0).succeeded()).isEqualTo(4);
      Map<Integer, TaskResult> results = cairn.jobs().results(JobName.of("slow"), "s");
      assertThat(results).hasSize(4);
      assertThat(results.get(3).as(String.class)).isEqualTo("by run 1");
      assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(one.isRunning() && two.isRunning()).isTrue();
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void liarIsOutvotedAndNamedThoughItsDigestIsRight(CairnCluster cluster, Cairn cairn) {
    JobHandler handler =
        context -> {
          double value = context.worker().equals("liar") ? 42 : 1 + context.replica() * 1e-9;
          context.resultValue(ResultValue.of(value));
          return value;
        };
    try (Worker one = worker(cairn, "one", handler).start();
        Worker two = worker(cairn, "two", handler).start();
        Worker liar = worker(cairn, "liar", handler).start()) {
      cairn
          .jobs()
          .submit(
              job("lies")
                  .redundancy(Redundancy.replicas(2))
                  .verification(Verification.within(1e-6))
                  .build());
      assertThat(ended(cairn, "lies").state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(result(cairn, "lies").as(Double.class)).isBetween(1.0, 1.1);
      List<FaultRecord> faults = cairn.jobs().faults(FaultQuery.of(JobName.of("lies"))).items();
      assertThat(faults)
          .allMatch(record -> record.fault().type().equals(FaultTypes.RESULT_MISMATCH))
          .allMatch(record -> record.fault().place().worker().equals("liar"));
      assertThat(one.isRunning() && two.isRunning() && liar.isRunning()).isTrue();
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void comparatorOfAWorkerDecides(CairnCluster cluster, Cairn cairn) {
    AtomicLong compared = new AtomicLong();
    JobHandler handler = context -> context.worker().equals("one") ? "abc" : "ABC";
    try (Worker one = worker(cairn, "one", handler).start();
        Worker two = worker(cairn, "two", handler).start();
        Worker judge =
            cairn
                .worker()
                .id("judge")
                .leaseTtl(TTL)
                .compare(
                    "ignoring case",
                    (a, b) -> {
                      compared.incrementAndGet();
                      return a.as(String.class).equalsIgnoreCase(b.as(String.class));
                    })
                .start()) {
      cairn
          .jobs()
          .submit(
              job("custom")
                  .redundancy(Redundancy.replicas(2))
                  .verification(Verification.by("ignoring case"))
                  .build());
      assertThat(ended(cairn, "custom").state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(compared.get()).isPositive();
      assertThat(result(cairn, "custom").as(String.class)).isEqualToIgnoringCase("abc");
      assertThat(one.isRunning() && two.isRunning() && judge.isRunning()).isTrue();
    }
  }

  private static JobSpec.Builder job(String name) {
    return JobSpec.builder(name)
        .stage("s", "work", 1)
        .detection(Detection.builder().ttl(TTL).build());
  }

  private static WorkerBuilder worker(Cairn cairn, String id, JobHandler handler) {
    return cairn
        .worker()
        .id(id)
        .node("node-of-" + id)
        .handle("work", handler)
        .concurrency(4)
        .leaseTtl(TTL);
  }

  private static Job ended(Cairn cairn, String job) {
    return cairn.jobs().await(JobName.of(job), PATIENCE).orElseThrow();
  }

  private static TaskResult result(Cairn cairn, String job) {
    return cairn.jobs().results(JobName.of(job), "s").get(0);
  }
}
