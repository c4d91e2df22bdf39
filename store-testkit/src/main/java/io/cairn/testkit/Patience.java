package io.cairn.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** How long the test thread waits for what has to come. */
final class Patience {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Duration limit;

  Patience(Duration limit) {
    this.limit = limit;
  }

  /**
   * Returns as soon as {@code look} finds something.
   *
   * @param otherwise what is told when nothing has come in time
   * @throws AssertionError when the time has passed
   */
  <T> T until(Supplier<Optional<T>> look, Supplier<String> otherwise) {
    long begunNanos = System.nanoTime();
    while (true) {
      Optional<T> found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - begunNanos > limit.toNanos()) {
        throw new AssertionError(otherwise.get() + " within " + limit.toSeconds() + " s");
      }
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted: " + otherwise.get());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
