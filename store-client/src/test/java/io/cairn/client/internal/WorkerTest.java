package io.cairn.client.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.client.internal.FakeNode.Fate;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.StoppedException;
import io.cairn.client.job.Worker;
import io.cairn.client.job.WorkerFencedException;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker against a store that gives it tasks, loses them, and tells of it in any order. */
class WorkerTest {
  private final AtomicInteger runs = new AtomicInteger();
  private final Map<Long, Long> silent = new ConcurrentHashMap<>();
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final List<WorkerFencedException> fenced = new CopyOnWriteArrayList<>();
  private FakeCluster cluster;
  private FakeWorkers store;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(1);
    store = cluster.store.workers;
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void claimedTaskIsAcknowledgedAndCompletedByTwoCommands() {
    try (Worker worker = worker(this::counts)) {
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> store.state("t") == TaskState.SUCCEEDED);
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      assertThat(store.count("TASK_START")).isEqualTo(1);
      assertThat(store.count("TASK_COMPLETE")).isEqualTo(1);
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void claimThatNoEventToldOfIsFoundOnTheNextConnection() {
    try (Worker worker = worker(this::counts)) {
      store.claim("t", "w");
      cluster.leader().drop();
      await().atMost(10, SECONDS).until(() -> store.state("t") == TaskState.SUCCEEDED);
      assertThat(worker.isRunning()).isTrue();
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void claimToldTwiceRunsOnceAlsoWhenItHasEnded() {
    try (Worker worker = worker(this::counts)) {
      TaskEvent claimed = store.claim("t", "w");
      cluster.push(claimed, claimed);
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty() && runs.get() == 1);
      cluster.push(claimed);
      cluster.push(store.claim("other", "w"));
      await().atMost(10, SECONDS).until(() -> store.state("other") == TaskState.SUCCEEDED);
      assertThat(store.count("TASK_START")).isEqualTo(2);
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void lossToldByAnEventInterruptsTheHandlerAndNothingIsReported() throws Exception {
    try (Worker worker = worker(this::waits)) {
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> runs.get() == 1);
      cluster.push(store.lose("t"));
      assertThat(interrupted.await(10, SECONDS)).isTrue();
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      assertThat(store.count("TASK_FAIL")).isZero();
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> runs.get() == 2);
      cluster.push(store.lose("t"));
    }
  }

  @Test
  void lossThatNoEventToldOfIsFoundByTheNextReport() throws Exception {
    store.ttlMillis(300);
    try (Worker worker = worker(this::waits)) {
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> runs.get() == 1);
      TaskEvent untold = store.lose("t");
      assertThat(untold.getEvent().getKind()).isEqualTo("LOST");
      assertThat(interrupted.await(10, SECONDS)).isTrue();
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void completionRefusedAsFencedIsForgotten() {
    CountDownLatch goOn = new CountDownLatch(1);
    try (Worker worker =
        worker(
            context -> {
              runs.incrementAndGet();
              goOn.await();
              return "late";
            })) {
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> runs.get() == 1);
      TaskEvent untold = store.lose("t");
      assertThat(untold.getEvent().getEpoch()).isEqualTo(store.epochOf("t"));
      goOn.countDown();
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      assertThat(store.count("TASK_FAIL")).isZero();
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void acknowledgementThatComesTooLateRunsNothing() {
    try (Worker worker = worker(this::counts)) {
      TaskEvent claimed = store.claim("t", "w");
      TaskEvent untold = store.lose("t");
      assertThat(untold.getLease()).isEqualTo(claimed.getLease());
      cluster.push(claimed);
      await().atMost(10, SECONDS).until(() -> store.count("TASK_START") == 1);
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      assertThat(runs).hasValue(0);
    }
  }

  @Test
  void workerWhoseLeaseIsLostRegistersAgainAndRunsOn() throws Exception {
    store.ttlMillis(300);
    try (Worker worker = worker(this::waits)) {
      long first = worker.epoch();
      assertThat(first).as("known as soon as it has started").isPositive();
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> runs.get() == 1);
      store.expire("w");
      assertThat(interrupted.await(10, SECONDS)).isTrue();
      await().atMost(10, SECONDS).until(() -> worker.epoch() > first);
      assertThat(worker.isRunning()).isTrue();
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> runs.get() == 2);
      cluster.push(store.lose("t"));
    }
  }

  @Test
  void drainedWorkerThatRegistersAgainDrainsAgain() {
    try (Worker worker = worker(this::counts)) {
      long first = worker.epoch();
      worker.drain();
      await().atMost(10, SECONDS).until(() -> store.count("WORKER_DRAIN") == 1);
      store.expire("w");
      cluster.leader().drop();
      await().atMost(10, SECONDS).until(() -> worker.epoch() > first);
      await().atMost(10, SECONDS).until(() -> store.count("WORKER_DRAIN") == 2);
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> store.state("t") == TaskState.PENDING);
      assertThat(runs).hasValue(0);
    }
  }

  @Test
  void registrationOfItsOwnWhoseAnswerNeverCameIsNotTakenForAnothersWorker() {
    ConnectedCairn client = cluster.client(it -> it.requestTimeout(Duration.ofSeconds(1)));
    try (Worker worker = worker(client, this::counts)) {
      long first = worker.epoch();
      cluster.leader().script(this::unanswered);
      store.expire("w");
      cluster.leader().drop();
      await().atMost(20, SECONDS).until(() -> store.count("WORKER_REGISTER") >= 3);
      await().atMost(20, SECONDS).until(() -> worker.epoch() > first);
      assertThat(worker.isRunning()).isTrue();
      assertThat(fenced).isEmpty();
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> store.state("t") == TaskState.SUCCEEDED);
    }
  }

  /** The first registration from now on is applied, and what first gives up its lease is lost. */
  private Fate unanswered(Request request) {
    Command command = FakeCluster.command(request);
    if (command.hasWorkerRegister() && silent.isEmpty()) {
      silent.putIfAbsent(command.getSequence(), command.getWorkerRegister().getLease());
    } else if (command.hasLeaseRevoke() && silent.size() == 1) {
      long lease = command.getLeaseRevoke().getId();
      if (silent.containsValue(lease)) {
        silent.put(command.getSequence(), lease);
        return Fate.IGNORE;
      }
    }
    if (!silent.containsKey(command.getSequence())) {
      return Fate.ANSWER;
    }
    return command.hasWorkerRegister() ? Fate.APPLY_SILENTLY : Fate.IGNORE;
  }

  @Test
  void workerWhoseIdWasTakenStopsAndSaysSo() throws Exception {
    store.ttlMillis(300);
    Worker worker = worker(this::waits);
    cluster.push(store.claim("t", "w"));
    await().atMost(10, SECONDS).until(() -> runs.get() == 1);
    store.takeId("w");
    assertThat(interrupted.await(10, SECONDS)).isTrue();
    worker.awaitStop();
    await().atMost(10, SECONDS).until(() -> fenced.size() == 1);
    assertThat(worker.isRunning()).isFalse();
    assertThat(worker.failure()).contains(fenced.get(0));
    assertThat(store.count("WORKER_REGISTER")).isEqualTo(1);
    assertThat(store.count("WORKER_LEAVE")).isZero();
    worker.close();
  }

  @Test
  void closedWorkerAsksHandlersToStopReleasesAndLeaves() {
    Worker worker =
        worker(
            context -> {
              CountDownLatch stop = new CountDownLatch(1);
              context.onStop(stop::countDown);
              runs.incrementAndGet();
              stop.await();
              throw new StoppedException();
            });
    cluster.push(store.claim("t", "w"));
    await().atMost(10, SECONDS).until(() -> runs.get() == 1);
    worker.close();
    assertThat(store.state("t")).isEqualTo(TaskState.PENDING);
    assertThat(store.count("TASK_RELEASE")).isEqualTo(1);
    assertThat(store.count("TASK_FAIL")).isZero();
    assertThat(store.count("WORKER_DRAIN")).isEqualTo(1);
    assertThat(store.worker("w")).isEmpty();
  }

  @Test
  void handlerThatDoesNotStopInTimeIsInterruptedAndItsTaskGivenBack() throws Exception {
    Worker worker = worker(this::waits);
    cluster.push(store.claim("t", "w"));
    await().atMost(10, SECONDS).until(() -> runs.get() == 1);
    worker.stop(Duration.ofMillis(50));
    assertThat(interrupted.await(10, SECONDS)).isTrue();
    assertThat(store.worker("w")).isEmpty();
    await().atMost(10, SECONDS).until(() -> store.state("t") == TaskState.PENDING);
  }

  @Test
  void drainedWorkerGivesBackWhatComesLate() {
    try (Worker worker = worker(this::counts)) {
      worker.drain();
      await().atMost(10, SECONDS).until(() -> store.count("WORKER_DRAIN") == 1);
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> store.state("t") == TaskState.PENDING);
      assertThat(store.count("TASK_RELEASE")).isEqualTo(1);
      assertThat(runs).hasValue(0);
    }
  }

  @Test
  void tasksBeyondTheCapacityWaitForAThread() {
    CountDownLatch goOn = new CountDownLatch(1);
    try (Worker worker =
        worker(
            context -> {
              runs.incrementAndGet();
              goOn.await();
              return 1L;
            })) {
      cluster.push(store.claim("a", "w"), store.claim("b", "w"), store.claim("c", "w"));
      await().atMost(10, SECONDS).until(() -> runs.get() == 2);
      assertThat(worker.tasks()).hasSize(3);
      assertThat(store.count("TASK_START")).isEqualTo(2);
      goOn.countDown();
      await().atMost(10, SECONDS).until(() -> store.state("c") == TaskState.SUCCEEDED);
    }
  }

  @Test
  void errorOfAHandlerReachesTheStoreAsAFault() {
    try (Worker worker =
        worker(
            context -> {
              throw new OutOfMemoryError("Java heap space");
            })) {
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> store.faults.size() == 1);
      assertThat(store.faults.get(0).getType()).isEqualTo(FaultTypes.OUT_OF_MEMORY);
      assertThat(store.faults.get(0).getPlace().getWorker()).isEqualTo("w");
      assertThat(store.faults.get(0).getPlace().getPartition()).isEqualTo("s/0");
      assertThat(store.faults.get(0).getMessage()).contains("Java heap space");
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void resultThatNoCodecStoresIsAFaultOfTheTask() {
    try (Worker worker = worker(context -> new Object())) {
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> store.faults.size() == 1);
      assertThat(store.faults.get(0).getType()).isEqualTo(FaultTypes.TASK_ERROR);
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
    }
  }

  @Test
  void completionWhoseAnswerIsLostWithTheConnectionIsSentAgain() {
    try (Worker worker = worker(this::counts)) {
      AtomicInteger completions = new AtomicInteger();
      cluster
          .leader()
          .script(
              request ->
                  FakeCluster.command(request).hasTaskComplete()
                          && completions.incrementAndGet() == 1
                      ? Fate.APPLY_AND_DROP
                      : Fate.ANSWER);
      cluster.push(store.claim("t", "w"));
      await().atMost(10, SECONDS).until(() -> completions.get() == 2);
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      assertThat(store.count("TASK_COMPLETE")).isEqualTo(1);
      assertThat(store.count("TASK_FAIL")).isZero();
    }
  }

  @Test
  void idleWorkerRenewsItsLeaseAndReportsNothing() {
    try (Worker worker = worker(this::counts)) {
      await().atMost(20, SECONDS).until(() -> renewals() >= 4);
      assertThat(store.reports).allMatch(report -> report.getTasksCount() == 0);
      assertThat(store.reports.size()).isLessThan(3);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  private long renewals() {
    return cluster.leader().requests.stream()
        .map(FakeCluster::command)
        .filter(Command::hasRenew)
        .count();
  }

  private Object counts(JobContext context) {
    runs.incrementAndGet();
    return (long) context.partition();
  }

  private Object waits(JobContext context) throws InterruptedException {
    runs.incrementAndGet();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
    return "never";
  }

  private Worker worker(JobHandler handler) {
    return worker(cluster.client(), handler);
  }

  private Worker worker(ConnectedCairn client, JobHandler handler) {
    Worker worker =
        client
            .worker()
            .id("w")
            .node("n")
            .handle("work", handler)
            .concurrency(2)
            .leaseTtl(Duration.ofSeconds(1))
            .grace(Duration.ofSeconds(10))
            .withoutShutdownHook()
            .onFenced(fenced::add)
            .start();
    await().atMost(10, SECONDS).until(() -> store.count("WORKER_TASKS") > 0);
    return worker;
  }
}
