package io.cairn.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.ServerMetrics;
import io.cairn.server.ops.Telemetry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestingTaskTest {
  private static final int PATIENCE_SECONDS = 60;

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final ServerMetrics metrics = new ServerMetrics();
  private final Telemetry telemetry = new Telemetry(new EventLog(), metrics);
  private final AtomicInteger left = new AtomicInteger();
  private final Semaphore looks = new Semaphore(0);

  @AfterEach
  void stop() {
    timer.shutdownNow();
    metrics.close();
  }

  @Test
  void nothingRunsBeforeItIsWoken() {
    task();
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void itRunsWhileSomethingIsLeftThenRestsAndCanBeWokenAgain() throws Exception {
    RestingTask task = task();
    for (int time = 0; time < 2; time++) {
      left.set(3);
      task.wake();
      awaitLooks(5); // three that find something, one that does not, and one more after the flag
      quiet();
      assertThat(looks.availablePermits()).isZero();
      assertThat(timer.getQueue()).isEmpty();
    }
  }

  @Test
  void whoeverWakesItWhileItIsAwakeAddsNothing() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    var blocked = timer.submit(() -> busy.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    RestingTask task = task();
    task.wake();
    task.wake();
    assertThat(timer.getQueue()).filteredOn(queued -> queued != blocked).hasSize(1);
    busy.countDown();
    awaitLooks(2);
  }

  @Test
  void whatComesBetweenTheLookAndTheRestIsFound() throws Exception {
    AtomicInteger looked = new AtomicInteger();
    RestingTask task =
        new RestingTask(
            timer,
            1,
            () -> {
              looks.release();
              return looked.incrementAndGet() == 2; // as if it had come after the first look
            },
            telemetry);
    task.wake();
    awaitLooks(4);
    quiet();
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void errorDoesNotEndIt() throws Exception {
    AtomicInteger looked = new AtomicInteger();
    RestingTask task =
        new RestingTask(
            timer,
            1,
            () -> {
              looks.release();
              if (looked.incrementAndGet() == 1) {
                throw new IllegalStateException("by test");
              }
              return false;
            },
            telemetry);
    task.wake();
    awaitLooks(3);
  }

  @Test
  void wakingAfterTheTimerHasEndedIsHarmless() {
    RestingTask task = task();
    timer.shutdownNow();
    task.wake();
    assertThat(looks.availablePermits()).isZero();
  }

  private RestingTask task() {
    return new RestingTask(
        timer,
        1,
        () -> {
          looks.release();
          return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
        },
        telemetry);
  }

  private void awaitLooks(int count) throws InterruptedException {
    assertThat(looks.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** What the timer's thread was at has come to its end. */
  private void quiet() throws Exception {
    timer.submit(() -> {}).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
