package io.cairn.bench.nodes;

import java.util.concurrent.locks.LockSupport;

/** Letting time pass between two looks. */
public final class Pause {
  private Pause() {}

  /** Waits for this long; an interrupt ends the measurement. */
  public static void millis(long millis) {
    long endNanos = System.nanoTime() + millis * 1_000_000;
    for (long left = millis * 1_000_000; left > 0; left = endNanos - System.nanoTime()) {
      if (Thread.interrupted()) {
        throw new BenchFailure("interrupted");
      }
      LockSupport.parkNanos(left);
    }
  }
}
