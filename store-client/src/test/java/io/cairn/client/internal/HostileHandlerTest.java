package io.cairn.client.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Fault;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codec;
import io.cairn.client.job.FaultClassifier;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.Worker;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Code of the user's that does what it should not: the store hears of it, and the worker goes on.
 */
class HostileHandlerTest {
  /** Stores what is good, and fails with an error at what is bad. */
  private static final Codec<String> PICKY =
      new Codec<>() {
        @Override
        public String id() {
          return "picky";
        }

        @Override
        public int schemaVersion() {
          return 1;
        }

        @Override
        public byte[] encode(String value) {
          if (value.equals("bad")) {
            throw new StackOverflowError("in a codec");
          }
          return value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes, int schemaVersion) {
          return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        }
      };

  private final AtomicInteger runs = new AtomicInteger();
  private FakeCluster cluster;
  private FakeWorkers store;
  private ConnectedCairn client;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(1);
    store = cluster.store.workers;
    client = cluster.client();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void stateThatCannotBeEncodedInTheEndIsAFaultAndNotTriedForever() {
    JobHandler handler =
        context -> {
          runs.incrementAndGet();
          TaskRun<String> run = context.task(PICKY);
          String unused = run.stateOr(() -> "good");
          run.update("bad");
          return "result";
        };
    try (Worker worker = started(builder(handler))) {
      var claimed = store.claim("t", "w");
      cluster.store.epoch(store.epochOf("t"));
      cluster.push(claimed);
      assertThat(fault().getType()).isEqualTo(FaultTypes.TASK_ERROR);
      assertThat(fault().getMessage()).contains("StackOverflowError");
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      assertThat(runs).hasValue(1);
      assertThat(store.count("TASK_COMPLETE")).isZero();
    }
  }

  @Test
  void errorsThatAHandlerThrowsAreFaults() {
    try (Worker worker =
        started(
            builder(
                context -> {
                  throw runs.incrementAndGet() == 1
                      ? new NoClassDefFoundError("user/Missing")
                      : new StackOverflowError();
                }))) {
      cluster.push(store.claim("a", "w"));
      assertThat(fault().getMessage()).contains("NoClassDefFoundError: user/Missing");
      cluster.push(store.claim("b", "w"));
      await().atMost(10, SECONDS).until(() -> store.faults.size() == 2);
      assertThat(store.faults.get(1).getMessage()).contains("StackOverflowError");
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void resultThatIsTooDeepOrTooLargeIsAFault() {
    JobHandler handler =
        context -> {
          if (runs.incrementAndGet() == 1) {
            return new byte[Limits.RESULT_BYTES_MAX + 1];
          }
          List<Object> deep = new ArrayList<>();
          for (int i = 0; i < 200_000; i++) {
            deep = new ArrayList<>(List.of(deep));
          }
          return deep;
        };
    try (Worker worker = started(builder(handler))) {
      cluster.push(store.claim("a", "w"));
      assertThat(fault().getMessage()).contains(String.valueOf(Limits.RESULT_BYTES_MAX));
      cluster.push(store.claim("b", "w"));
      await().atMost(20, SECONDS).until(() -> store.faults.size() == 2);
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      assertThat(store.count("TASK_COMPLETE")).isZero();
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void exceptionThatCannotBeReadIsAFaultByItsClass() {
    try (Worker worker =
        started(
            builder(
                context -> {
                  runs.incrementAndGet();
                  throw new Unreadable();
                }))) {
      cluster.push(store.claim("t", "w"));
      assertThat(fault().getType()).isEqualTo(FaultTypes.TASK_ERROR);
      assertThat(fault().getMessage()).isEqualTo(Unreadable.class.getName());
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void classifiersThatFailOrSayWhatTheStoreRefusesArePassedOver() {
    FaultClassifier error =
        (thrown, facts) -> {
          throw new NoClassDefFoundError("user/Classifier");
        };
    FaultClassifier nameless =
        (thrown, facts) -> Optional.of(Fault.of("", "nowhere", true, "no type"));
    FaultClassifier longer =
        (thrown, facts) -> Optional.of(Fault.of("x".repeat(10_000), "nowhere", true, "long"));
    FaultClassifier good =
        (thrown, facts) -> Optional.of(Fault.of("OWN", "here", true, "y".repeat(100_000)));
    try (Worker worker =
        started(
            builder(
                    context -> {
                      throw new IllegalStateException("x");
                    })
                .classify(good)
                .classify(longer)
                .classify(nameless)
                .classify(error))) {
      cluster.push(store.claim("t", "w"));
      assertThat(fault().getType()).isEqualTo("OWN");
      assertThat(fault().getMessage().length()).isEqualTo(Limits.FAULT_TEXT_BYTES_MAX);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void workerThatHasNoThreadForATaskSaysSoAndRunsTheNext() {
    AtomicInteger threads = new AtomicInteger();
    ThreadFactory factory = HandlerPool.threadsOf("w");
    WorkerStart start =
        builder(context -> runs.incrementAndGet())
            .threads(
                work -> {
                  if (threads.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                  return factory.newThread(work);
                });
    try (Worker worker = started(start)) {
      cluster.push(store.claim("a", "w"));
      assertThat(fault().getType()).isEqualTo(FaultTypes.OUT_OF_MEMORY);
      await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      cluster.push(store.claim("b", "w"));
      await().atMost(10, SECONDS).until(() -> store.state("b") == TaskState.SUCCEEDED);
      cluster.push(store.claim("c", "w"));
      await().atMost(10, SECONDS).until(() -> store.state("c") == TaskState.SUCCEEDED);
    }
  }

  @Test
  void handlerThatClosesItsWorkerDoesNotWaitForItself() throws Exception {
    AtomicReference<Worker> own = new AtomicReference<>();
    Worker worker =
        started(
            builder(
                    context -> {
                      own.get().close();
                      return "last";
                    })
                .grace(Duration.ofHours(1)));
    own.set(worker);
    cluster.push(store.claim("t", "w"));
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            () -> {
              try {
                worker.awaitStop();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    stopped.get(10, SECONDS);
    assertThat(store.state("t")).isEqualTo(TaskState.SUCCEEDED);
    assertThat(store.worker("w")).isEmpty();
  }

  @Test
  void workerClosedInACallbackStillTellsItsHandlersToStop() {
    CountDownLatch asked = new CountDownLatch(1);
    Worker worker =
        started(
            builder(
                    context -> {
                      runs.incrementAndGet();
                      context.onStop(asked::countDown);
                      asked.await();
                      return "not taken";
                    })
                .grace(Duration.ofSeconds(Long.MAX_VALUE)));
    cluster.push(store.claim("t", "w"));
    await().atMost(10, SECONDS).until(() -> runs.get() == 1);
    CompletableFuture<Void> closed = new CompletableFuture<>();
    client
        .client()
        .callbacks()
        .run(
            () -> {
              worker.close();
              closed.complete(null);
            });
    await().atMost(10, SECONDS).until(() -> closed.isDone() && store.worker("w").isEmpty());
    assertThat(store.state("t")).isEqualTo(TaskState.PENDING);
    assertThat(store.count("TASK_RELEASE")).isEqualTo(1);
  }

  @Test
  void handlerThatIgnoresInterruptsNeitherEndsTheNextAttemptNorKeepsTheWorkerFromClosing() {
    CountDownLatch goOn = new CountDownLatch(1);
    Worker worker =
        started(
            builder(
                context -> {
                  if (runs.incrementAndGet() > 1) {
                    return "second";
                  }
                  while (goOn.getCount() > 0) {
                    try {
                      goOn.await();
                    } catch (InterruptedException e) {
                      // as bad code does
                    }
                  }
                  return "first";
                }));
    cluster.push(store.claim("t", "w"));
    await().atMost(10, SECONDS).until(() -> runs.get() == 1);
    cluster.push(store.lose("t"));
    cluster.push(store.claim("t", "w"));
    await().atMost(10, SECONDS).until(() -> store.state("t") == TaskState.SUCCEEDED);
    assertThat(store.results.get("t").toStringUtf8()).contains("second");
    worker.stop(Duration.ofMillis(10));
    assertThat(store.worker("w")).isEmpty();
    goOn.countDown();
    await().atMost(10, SECONDS).until(() -> runs.get() == 2);
    assertThat(store.count("TASK_COMPLETE")).isEqualTo(1);
  }

  @Test
  void secondHandlerOfANameIsRefused() {
    assertThatThrownBy(() -> builder(context -> 1L).handle("work", context -> 2L))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'work'");
    assertThatThrownBy(() -> builder(context -> 1L).compare("work", (a, b) -> true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** What no classifier can read. */
  private static final class Unreadable extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  private io.cairn.protocol.v1.Fault fault() {
    await().atMost(10, SECONDS).until(() -> !store.faults.isEmpty());
    return store.faults.get(0);
  }

  private WorkerStart builder(JobHandler handler) {
    return (WorkerStart)
        client
            .worker()
            .id("w")
            .node("n")
            .handle("work", handler)
            .concurrency(2)
            .leaseTtl(Duration.ofSeconds(1))
            .withoutShutdownHook();
  }

  private Worker started(io.cairn.client.job.WorkerBuilder builder) {
    Worker worker = builder.start();
    await().atMost(10, SECONDS).until(() -> store.count("WORKER_TASKS") > 0);
    return worker;
  }
}
