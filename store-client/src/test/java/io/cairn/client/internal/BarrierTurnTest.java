package io.cairn.client.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.FencedException;
import io.cairn.client.codec.Codecs;
import io.cairn.client.internal.FakeNode.Fate;
import io.cairn.client.job.BarrierSteps;
import io.cairn.client.job.JobName;
import io.cairn.client.job.Worker;
import io.cairn.protocol.v1.Barrier.Phase;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One task's part in a barrier, against a store that answers, is late, or says nothing. */
class BarrierTurnTest {
  private static final JobName JOB = JobName.of("j");

  private final List<String> steps = new CopyOnWriteArrayList<>();
  private FakeCluster cluster;
  private FakeBarriers store;
  private ConnectedCairn client;
  private OwnedTask<String> run;
  private BarrierNews news;

  @BeforeEach
  @SuppressWarnings("unchecked") // what is acquired is one
  void start() throws Exception {
    cluster = new FakeCluster(1);
    store = cluster.store.workers.barriers;
    client = cluster.client();
    run = (OwnedTask<String>) client.task("t", Codecs.string()).acquire();
    String unused = run.stateOr(() -> "first");
    news = new BarrierNews(System.nanoTime());
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void turnPausesDrainsSavesAndResumesOnceEach() throws Exception {
    store.is(1, Phase.PAUSING);
    CompletableFuture<Boolean> turn = turn(1);
    await().atMost(10, SECONDS).until(() -> store.pauses.get() == 1);
    assertThat(steps).as("the others have not stopped").containsExactly("pause");
    store.commitNext();
    prepare(1);
    assertThat(turn.get(10, SECONDS)).isTrue();
    assertThat(steps).containsExactly("pause", "drain", "resume true");
    assertThat(store.prepared).hasSize(1);
    assertThat(store.prepared.get(0).getCheckpoint().getSeq()).isEqualTo(1);
    assertThat(run.checkpointSeq()).isEqualTo(1);
  }

  @Test
  void preparationTellsWhatTheBarriersBeforeHaveCost() throws Exception {
    for (long number = 1; number <= 2; number++) {
      store.is(number, Phase.PREPARING);
      news.told(number, Phase.PREPARING, 0);
      store.commitNext();
      assertThat(turn(number).get(10, SECONDS)).isTrue();
    }
    assertThat(store.prepared).hasSize(2);
    assertThat(store.prepared.get(1).getStats().getCheckpointMicros()).isPositive();
  }

  @Test
  void abortedBarrierSavesNothingAndTheTaskGoesOn() throws Exception {
    store.is(1, Phase.PAUSING);
    CompletableFuture<Boolean> turn = turn(1);
    await().atMost(10, SECONDS).until(() -> store.pauses.get() == 1);
    news.told("BARRIER_ABORTED", 1);
    assertThat(turn.get(10, SECONDS)).isFalse();
    assertThat(steps).containsExactly("pause", "resume false");
    assertThat(store.prepared).isEmpty();
  }

  @Test
  void preparationThatComesTooLateLeavesNoGapBehind() throws Exception {
    store.is(1, Phase.PAUSING);
    CompletableFuture<Boolean> turn = turn(1);
    await().atMost(10, SECONDS).until(() -> store.pauses.get() == 1);
    store.is(2, Phase.PAUSING); // the deadline of the first has passed, and nobody has told
    news.told(1, Phase.PREPARING, 0);
    assertThat(turn.get(10, SECONDS)).isFalse();
    assertThat(steps).containsExactly("pause", "drain", "resume false");
    long seq = run.checkpoint("later");
    assertThat(seq).as("the number of what was drafted in vain").isEqualTo(1);
    assertThat(cluster.store.saves().stream().filter(TaskSaveRequest::hasCheckpoint)).hasSize(2);
  }

  @Test
  void eventsThatNeverComeAreMadeUpForByAsking() throws Exception {
    store.is(1, Phase.PAUSING);
    CompletableFuture<Boolean> turn = turn(1);
    await().atMost(10, SECONDS).until(() -> store.pauses.get() == 1);
    store.is(1, Phase.PREPARING);
    await().atMost(10, SECONDS).until(() -> store.prepared.size() == 1);
    store.is(1, Phase.COMMITTED);
    assertThat(turn.get(10, SECONDS)).isTrue();
    assertThat(store.questions.get()).isPositive();
    assertThat(run.checkpointSeq()).isEqualTo(1);
  }

  @Test
  void committedBarrierBehindWhichThereIsAnotherIsKnownAsCommitted() throws Exception {
    store.is(1, Phase.PAUSING);
    CompletableFuture<Boolean> turn = turn(1);
    prepare(1);
    await().atMost(10, SECONDS).until(() -> store.prepared.size() == 1);
    store.is(1, Phase.COMMITTED);
    store.is(2, Phase.PAUSING);
    news.told("BARRIER_PAUSE", 2);
    assertThat(turn.get(10, SECONDS)).isTrue();
    assertThat(BarrierTurn.asked(news, 1)).contains(2L);
    assertThat(BarrierTurn.asked(news, 2)).isEmpty();
  }

  @Test
  void preparationWhoseAnswerIsLostIsSentAgain() throws Exception {
    AtomicBoolean dropped = new AtomicBoolean();
    cluster
        .leader()
        .script(
            request ->
                FakeCluster.command(request).hasBarrierPrepare()
                        && dropped.compareAndSet(false, true)
                    ? Fate.APPLY_AND_DROP
                    : Fate.ANSWER);
    store.is(1, Phase.PREPARING);
    news.told(1, Phase.PREPARING, 0);
    store.commitNext();
    assertThat(turn(1).get(10, SECONDS)).isTrue();
    assertThat(steps).containsExactly("pause", "drain", "resume true");
  }

  @Test
  void taskThatIsLostAtABarrierLeavesItAtOnce() {
    store.is(1, Phase.PAUSING);
    CompletableFuture<Boolean> turn = turn(1);
    await().atMost(10, SECONDS).until(() -> store.pauses.get() == 1);
    run.fenced();
    assertThatThrownBy(() -> turn.get(10, SECONDS)).hasCauseInstanceOf(FencedException.class);
    assertThat(steps).containsExactly("pause", "resume false");
  }

  @Test
  void drainThatThrowsIsTheTasksFailureAndResumesWithoutACheckpoint() {
    store.is(1, Phase.PREPARING);
    news.told(1, Phase.PREPARING, 0);
    BarrierSteps<String> failing =
        new Steps() {
          @Override
          public String drain() {
            throw new IllegalStateException("no messages");
          }
        };
    assertThatThrownBy(
            () -> new BarrierTurn<>(client.client().requests(), JOB, news, run, 1).take(failing))
        .hasMessage("no messages");
    assertThat(steps).containsExactly("pause", "resume false");
    assertThat(store.prepared).isEmpty();
  }

  @Test
  void allTasksOfAJobOnOneWorkerAskTogether() {
    FakeWorkers workers = cluster.store.workers.coordinated();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger begun = new AtomicInteger();
    try (Worker worker =
        client
            .worker()
            .id("w")
            .handle(
                "work",
                context -> {
                  var task = context.task(Codecs.string());
                  begun.incrementAndGet();
                  while (!over.get()) {
                    boolean unused = context.barrier(task, new Steps());
                    boolean unused2 = new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
                  }
                  return "done";
                })
            .concurrency(8)
            .withoutShutdownHook()
            .start()) {
      await().atMost(10, SECONDS).until(() -> workers.count("WORKER_TASKS") > 0);
      for (int i = 0; i < 8; i++) {
        cluster.push(workers.claim("t" + i, "w"));
      }
      await().atMost(10, SECONDS).until(() -> begun.get() == 8);
      int before = store.questions.get();
      await().pollDelay(Duration.ofMillis(2_500)).atMost(10, SECONDS).until(() -> true);
      assertThat(store.questions.get() - before).isBetween(1, 4);
      over.set(true);
      await().atMost(10, SECONDS).until(() -> workers.state("t7") == TaskState.SUCCEEDED);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  /** Notes what is called. */
  private class Steps implements BarrierSteps<String> {
    @Override
    public void pause() {
      steps.add("pause");
    }

    @Override
    public String drain() {
      steps.add("drain");
      return "drained";
    }

    @Override
    public void resume(boolean committed) {
      steps.add("resume " + committed);
    }
  }

  private void prepare(long number) {
    store.is(number, Phase.PREPARING);
    news.told("BARRIER_PREPARE", number);
  }

  private CompletableFuture<Boolean> turn(long number) {
    return CompletableFuture.supplyAsync(
        () ->
            new BarrierTurn<>(client.client().requests(), JOB, news, run, number)
                .take(new Steps()));
  }
}
