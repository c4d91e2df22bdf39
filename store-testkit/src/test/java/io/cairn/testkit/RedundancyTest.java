package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.ArrayList;
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

  @Test
  @WithCairn(nodes = 1)
  void liarAmongThreeReplicasIsRecordedWithItsNodeAndTheMajoritysResultCounts(
      CairnCluster cluster, Cairn cairn) throws Exception {
    CountDownLatch lied = new CountDownLatch(1);
    CountDownLatch lying = new CountDownLatch(1);
    JobHandler liar =
        context -> {
          lying.countDown();
          return "lie";
        };
    JobHandler honest =
        context -> {
          lied.await();
          return "truth";
        };
    try (Worker one = worker(cairn, "one", honest).start();
        Worker two = worker(cairn, "two", honest).start();
        Worker three = worker(cairn, "liar", liar).start()) {
      cairn.jobs().submit(job("three").redundancy(Redundancy.replicas(3)).build());
      assertThat(lying.await(30, TimeUnit.SECONDS)).isTrue();
      await().atMost(PATIENCE).until(() -> three.tasks().isEmpty());
      lied.countDown();
      assertThat(ended(cairn, "three").state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(result(cairn, "three").as(String.class)).isEqualTo("truth");
      List<FaultRecord> faults = cairn.jobs().faults(FaultQuery.of(JobName.of("three"))).items();
      assertThat(faults).hasSize(1);
      assertThat(faults.get(0).fault().type()).isEqualTo(FaultTypes.RESULT_MISMATCH);
      assertThat(faults.get(0).fault().place().worker()).isEqualTo("liar");
      assertThat(faults.get(0).fault().place().node()).isEqualTo("node-of-liar");
      assertThat(one.isRunning() && two.isRunning()).isTrue();
    }
  }

  @Test
  @WithCairn(nodes = 3)
  void oneSpareForThreeWorkersTakesOverWithinTheTimeToLiveAndASecond(
      CairnCluster cluster, Cairn cairn) throws Exception {
    sparesTakeOver(cluster, cairn, 3, 1);
  }

  @Test
  @WithCairn(nodes = 3)
  void twoSparesForFourWorkersTakeOverFromTwoThatDieAtOnce(CairnCluster cluster, Cairn cairn)
      throws Exception {
    sparesTakeOver(cluster, cairn, 4, 2);
  }

  /** As many workers as there are spares die at once; each task of theirs goes on at a spare. */
  private static void sparesTakeOver(CairnCluster cluster, Cairn cairn, int workers, int spares)
      throws Exception {
    Map<String, Long> begun = new ConcurrentHashMap<>();
    CountDownLatch first = new CountDownLatch(workers);
    CountDownLatch again = new CountDownLatch(workers + spares);
    CountDownLatch goOn = new CountDownLatch(1);
    JobHandler handler =
        context -> {
          begun.put(context.worker(), System.nanoTime());
          first.countDown();
          again.countDown();
          goOn.await();
          return context.worker();
        };
    List<Cairn> dying = new ArrayList<>();
    List<Worker> living = new ArrayList<>();
    try {
      for (int i = 0; i < spares; i++) {
        living.add(worker(cairn, "spare-" + i, handler).concurrency(1).spare().start());
        dying.add(cluster.clientBuilder().build());
      }
      for (int i = 0; i < workers; i++) {
        Cairn client = i < spares ? dying.get(i) : cairn;
        living.add(worker(client, "worker-" + i, handler).concurrency(1).start());
      }
      cairn.jobs().submit(job("spares", workers).build());
      assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(begun.keySet()).as("spares wait").allMatch(id -> id.startsWith("worker-"));
      long killed = System.nanoTime();
      dying.forEach(Cairn::close); // leases are not given up: the workers are silent
      assertThat(again.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < spares; i++) {
        assertThat(Duration.ofNanos(begun.get("spare-" + i) - killed))
            .isLessThan(TTL.plusSeconds(1));
      }
      goOn.countDown();
      Job job = ended(cairn, "spares");
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.stats().faults()).isEqualTo(spares);
    } finally {
      goOn.countDown();
      dying.forEach(Cairn::close);
      living.forEach(Worker::close);
    }
  }

  private static JobSpec.Builder job(String name) {
    return job(name, 1);
  }

  private static JobSpec.Builder job(String name, int partitions) {
    return JobSpec.builder(name)
        .stage("s", "work", partitions)
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
