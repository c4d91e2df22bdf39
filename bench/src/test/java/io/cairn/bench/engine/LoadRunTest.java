package io.cairn.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadRunTest {
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);

  @AfterEach
  void endClock() {
    clock.shutdownNow();
  }

  @Test
  void closedLoopKeepsAsManyUnderWayAsAsked() {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Measured measured =
        new LoadRun(
                number -> {
                  most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                  return after(2).thenAccept(done -> underWay.decrementAndGet());
                },
                new Pace.Closed(8))
            .run(20, 200, Window.NONE);
    assertThat(most).hasValue(8);
    assertThat(underWay).hasValue(0);
    assertThat(measured.acknowledged()).isPositive();
    assertThat(measured.nanos().getTotalCount()).isEqualTo(measured.acknowledged());
    assertThat(measured.nanos().getMinValue()).isGreaterThan(1_000_000);
  }

  @Test
  void operationsThatEndAtOnceDoNotPileUpOnTheStack() {
    Measured measured =
        new LoadRun(number -> CompletableFuture.completedFuture(number), new Pace.Closed(1))
            .runCounted(100_000);
    assertThat(measured.nanos().getTotalCount()).isEqualTo(100_000);
    assertThat(
            new LoadRun(number -> CompletableFuture.completedFuture(number), new Pace.Closed(1))
                .run(0, 50, Window.NONE)
                .failed())
        .isZero();
  }

  /** One pause of a store is seen by all that were due meanwhile, not by one alone. */
  @Test
  void openLoopTimesFromWhenAnOperationWasDue() {
    AtomicLong pausedUntilNanos = new AtomicLong();
    Measured measured =
        new LoadRun(
                number -> {
                  if (number == 100) {
                    pausedUntilNanos.set(System.nanoTime() + 300_000_000L);
                    awaitNanos(pausedUntilNanos.get()); // the client itself is held up
                  }
                  return CompletableFuture.completedFuture(number);
                },
                new Pace.Open(1_000))
            .run(0, 1_000, Window.NONE);
    assertThat(measured.nanos().getTotalCount()).isEqualTo(1_000);
    // 300 were due in the pause: those of its first half waited for more than 150 ms.
    assertThat(measured.nanos().getCountBetweenValues(150_000_000L, Long.MAX_VALUE))
        .isGreaterThanOrEqualTo(140);
  }

  @Test
  void openLoopKeepsItsSchedule() {
    assertThat(new Pace.Open(4).offsetNanos(6)).isEqualTo(1_500_000_000L);
    assertThat(new Pace.Open(3).offsetNanos(3_000_000)).isEqualTo(1_000_000_000_000_000L);
  }

  @Test
  void failuresAreCountedAndEndARunThatHasNothingElse() {
    Measured measured =
        new LoadRun(
                number -> CompletableFuture.failedFuture(new IllegalStateException("no luck")),
                new Pace.Closed(4))
            .run(0, 10, Window.NONE);
    assertThat(measured.acknowledged()).isZero();
    assertThat(measured.failed()).isPositive().isLessThan(2_000);
    assertThat(measured.firstError()).contains("no luck");
  }

  @Test
  void failureThatIsThrownCountsAsOne() {
    Measured measured =
        new LoadRun(
                number -> {
                  throw new IllegalStateException("thrown");
                },
                new Pace.Closed(1))
            .runCounted(3);
    assertThat(measured.failed()).isEqualTo(3);
  }

  @Test
  void paceOfNothingIsRefused() {
    assertThatThrownBy(() -> new Pace.Closed(0))
        .hasMessage("--outstanding is 0, must be 1 to 1024");
    assertThatThrownBy(() -> new Pace.Open(0)).hasMessage("--rates is 0, must be 1 to 1000000");
  }

  private CompletableFuture<Boolean> after(long millis) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    var unused = clock.schedule(() -> done.complete(true), millis, TimeUnit.MILLISECONDS);
    return done;
  }

  private static void awaitNanos(long nanos) {
    while (System.nanoTime() - nanos < 0) {
      Thread.onSpinWait();
    }
  }
}
