package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Cairn;
import io.cairn.client.TaskResult;
import io.cairn.client.TaskRun;
import io.cairn.client.job.Detection;
import io.cairn.client.job.FaultQuery;
import io.cairn.client.job.FaultRecord;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.client.job.Partitions;
import io.cairn.client.job.RangePartition;
import io.cairn.client.job.RecoveryPolicy;
import io.cairn.client.job.RecoveryRule;
import io.cairn.client.job.RecoveryStep;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.Worker;
import io.cairn.client.job.WorkerFencedException;
import io.cairn.protocol.FaultTypes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Jobs on workers of a real cluster. */
class JobTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration TTL = Duration.ofSeconds(2);

  /** How far a partition is. */
  record Sum(long next, long sum) {}

  @Test
  @WithCairn(nodes = 3)
  void eachNumberIsCountedOnceThoughOneOfThreeWorkersDies(CairnCluster cluster, Cairn cairn)
      throws Exception {
    CountDownLatch begun = new CountDownLatch(8);
    CountDownLatch goOn = new CountDownLatch(1);
    JobHandler handler =
        context -> {
          RangePartition range = RangePartition.of(context.payload());
          TaskRun<Sum> run = context.task(Sum.class);
          Sum sum = run.stateOr(() -> new Sum(range.from(), 0));
          begun.countDown();
          goOn.await();
          while (sum.next() < range.to()) {
            sum = new Sum(sum.next() + 1, sum.sum() + sum.next());
            run.update(sum);
            context.progress(sum.next() - range.from(), range.size());
          }
          return sum.sum();
        };
    Cairn dying = cluster.clientBuilder().build();
    try (Worker one = worker(cairn, "one", handler, 3);
        Worker two = worker(cairn, "two", handler, 3)) {
      Worker three = worker(dying, "three", handler, 3);
      cairn
          .jobs()
          .submit(
              job("sums")
                  .stage(StageSpec.ofRanges("add", "work", Partitions.range(0, 1_000, 8)))
                  .build());
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      int lost = three.tasks().size();
      assertThat(lost).isPositive();
      dying.close(); // its leases are not given up: the worker is silent
      assertThat(three.isRunning()).isFalse();
      goOn.countDown();
      Job job = cairn.jobs().await(JobName.of("sums"), PATIENCE).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(sum(cairn, "sums", "add")).isEqualTo(499_500);
      List<FaultRecord> faults = cairn.jobs().faults(FaultQuery.of(JobName.of("sums"))).items();
      assertThat(faults)
          .hasSize(lost)
          .allMatch(record -> record.fault().type().equals(FaultTypes.PROCESS_LOST))
          .allMatch(record -> record.fault().place().worker().equals("three"));
      assertThat(cairn.jobs().diagnose(JobName.of("sums")).get(0).what()).isEqualTo("three");
      assertThat(one.isRunning() && two.isRunning()).isTrue();
    }
    assertThat(cairn.workers().get("one")).isEmpty();
  }

  @Test
  @WithCairn(nodes = 1)
  void secondStageReadsTheResultsOfTheFirst(CairnCluster cluster, Cairn cairn) {
    JobHandler square = context -> (long) context.partition() * context.partition();
    JobHandler total =
        context ->
            context.results("square").values().stream()
                .mapToLong(result -> result.as(Long.class))
                .sum();
    try (Worker worker =
        cairn
            .worker()
            .id("w")
            .handle("square", square)
            .handle("total", total)
            .concurrency(4)
            .start()) {
      cairn
          .jobs()
          .submit(
              job("squares")
                  .stage("square", "square", 20)
                  .stage(StageSpec.of("total", "total", 1).after("square"))
                  .build());
      Job job = cairn.jobs().await(JobName.of("squares"), PATIENCE).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(sum(cairn, "squares", "total")).isEqualTo(2_470);
      assertThat(worker.tasks()).isEmpty();
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void taskThatFailsTwiceIsTriedAgainAfterPausesAndThenSucceeds(CairnCluster cluster, Cairn cairn) {
    AtomicInteger attempts = new AtomicInteger();
    JobHandler handler =
        context -> {
          if (attempts.incrementAndGet() < 3) {
            throw new IllegalStateException("not yet");
          }
          return "done in attempt " + context.attempt();
        };
    try (Worker worker = worker(cairn, "w", handler, 1)) {
      cairn.jobs().submit(job("again").stage("s", "work", 1).build());
      Job job = cairn.jobs().await(JobName.of("again"), PATIENCE).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.stats().faults()).isEqualTo(2);
      TaskResult result = cairn.jobs().results(JobName.of("again"), "s").get(0);
      assertThat(result.as(String.class)).isEqualTo("done in attempt 3");
      List<FaultRecord> faults = cairn.jobs().faults(FaultQuery.of(JobName.of("again"))).items();
      assertThat(faults).extracting(record -> record.fault().action()).containsOnly("RESUME");
      assertThat(faults.get(1).fault().pauseMillis())
          .isGreaterThan(faults.get(0).fault().pauseMillis());
      assertThat(faults.get(0).fault().message()).contains("IllegalStateException: not yet");
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void closedWorkerSavesTheLastStateAndAnotherGoesOnFromIt(CairnCluster cluster, Cairn cairn)
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    JobHandler handler =
        context -> {
          TaskRun<Sum> run = context.task(Sum.class);
          Sum sum = run.stateOr(() -> new Sum(0, 0));
          if (run.isResumed()) {
            return sum.next();
          }
          while (!context.isStopping()) {
            sum = new Sum(sum.next() + 1, 0);
            run.update(sum);
            begun.countDown();
          }
          return -1L; // of half the work: not taken for the result
        };
    Worker first = worker(cairn, "first", handler, 1);
    cairn.jobs().submit(job("moved").stage("s", "work", 1).build());
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    first.close();
    assertThat(first.isRunning()).isFalse();
    assertThat(cairn.workers().get("first")).isEmpty();
    try (Worker second = worker(cairn, "second", handler, 1)) {
      Job job = cairn.jobs().await(JobName.of("moved"), PATIENCE).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.stats().faults()).isZero();
      assertThat(sum(cairn, "moved", "s")).isPositive();
      assertThat(second.isRunning()).isTrue();
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void workerWhoseIdIsTakenStopsAndItsTaskRunsAtTheNewerOne(CairnCluster cluster, Cairn cairn)
      throws Exception {
    List<WorkerFencedException> told = new CopyOnWriteArrayList<>();
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    JobHandler stuck =
        context -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
          return 0L;
        };
    try (Cairn other = cluster.clientBuilder().build();
        Worker older =
            cairn
                .worker()
                .id("same")
                .handle("work", stuck)
                .leaseTtl(TTL)
                .onFenced(told::add)
                .start()) {
      cairn.jobs().submit(job("taken").stage("s", "work", 1).build());
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      try (Worker newer = worker(other, "same", context -> 7L, 1)) {
        Job job = cairn.jobs().await(JobName.of("taken"), PATIENCE).orElseThrow();
        assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(sum(cairn, "taken", "s")).isEqualTo(7);
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        await().atMost(30, TimeUnit.SECONDS).until(() -> !told.isEmpty());
        assertThat(older.isRunning()).isFalse();
        assertThat(older.failure().orElseThrow()).hasMessageContaining("'same'");
        assertThat(newer.isRunning()).isTrue();
      }
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void jobWhoseHandlerNobodyHasWaitsAndSaysSo(CairnCluster cluster, Cairn cairn) {
    try (Worker worker = worker(cairn, "w", context -> 1L, 1)) {
      cairn.jobs().submit(job("waits").stage("s", "other", 2).build());
      Job job = cairn.jobs().get(JobName.of("waits")).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.RUNNING);
      assertThat(job.handlersMissing()).containsExactly("other");
      assertThat(cairn.jobs().await(JobName.of("waits"), Duration.ZERO)).isEmpty();
      try (Worker able =
          cairn.worker().id("able").handle("other", context -> 2L).leaseTtl(TTL).start()) {
        assertThat(cairn.jobs().await(JobName.of("waits"), PATIENCE).orElseThrow().state())
            .isEqualTo(JobState.SUCCEEDED);
        assertThat(able.node()).isEqualTo(worker.node());
      }
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void itemThatFailsInEachAttemptIsLeftOut(CairnCluster cluster, Cairn cairn) {
    Map<String, AtomicInteger> done = new ConcurrentHashMap<>();
    JobHandler handler =
        context -> {
          long left = 0;
          for (int i = 0; i < 5; i++) {
            String item = "item-" + i;
            left += context.item(item, () -> touch(item, done)) ? 0 : 1;
          }
          return left;
        };
    RecoveryPolicy skipping =
        RecoveryPolicy.of(
            RecoveryRule.of(FaultTypes.POISON_ITEM, RecoveryStep.skipItem(2, 3)),
            RecoveryRule.ofAny(RecoveryStep.resume(3)));
    try (Worker worker = worker(cairn, "w", handler, 1)) {
      cairn.jobs().submit(job("items").stage("s", "work", 1).recovery(skipping).build());
      Job job = cairn.jobs().await(JobName.of("items"), PATIENCE).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(sum(cairn, "items", "s")).isEqualTo(1);
      assertThat(cairn.jobs().diagnose(JobName.of("items")).get(0).what()).isEqualTo("'item-3'");
      assertThat(worker.isRunning()).isTrue();
    }
  }

  private static void touch(String item, Map<String, AtomicInteger> done) {
    done.computeIfAbsent(item, name -> new AtomicInteger()).incrementAndGet();
    if (item.equals("item-3")) {
      throw new IllegalArgumentException("cannot be read");
    }
  }

  private static JobSpec.Builder job(String name) {
    return JobSpec.builder(name)
        .detection(Detection.builder().ttl(TTL).build())
        .retry(
            RetryPolicy.defaults()
                .withBackoff(Duration.ofMillis(50), Duration.ofSeconds(2))
                .withGrowth(300, 0));
  }

  private static Worker worker(Cairn cairn, String id, JobHandler handler, int concurrency) {
    return cairn
        .worker()
        .id(id)
        .handle("work", handler)
        .concurrency(concurrency)
        .leaseTtl(TTL)
        .start();
  }

  private static long sum(Cairn cairn, String job, String stage) {
    return cairn.jobs().results(JobName.of(job), stage).values().stream()
        .mapToLong(result -> result.as(Long.class))
        .sum();
  }
}
