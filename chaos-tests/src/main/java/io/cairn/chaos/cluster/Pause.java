package io.cairn.chaos.cluster;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Letting time pass between two looks at processes that say nothing by themselves. */
public final class Pause {
  private static final long POLL_MILLIS = 20;

  private Pause() {}

  /**
   * Waits for this long.
   *
   * @throws ClusterFailure if the thread is interrupted
   */
  public static void millis(long millis) {
    long endNanos = System.nanoTime() + millis * 1_000_000;
    for (long left = millis * 1_000_000; left > 0; left = endNanos - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new ClusterFailure("interrupted", null);
      }
      LockSupport.parkNanos(left);
    }
  }

  /** Looks again and again until it holds, at most this long; false if it never did. */
  public static boolean until(long millisMax, BooleanSupplier holds) {
    long endNanos = System.nanoTime() + millisMax * 1_000_000;
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - endNanos > 0) {
        return false;
      }
      millis(POLL_MILLIS);
    }
    return true;
  }
}
