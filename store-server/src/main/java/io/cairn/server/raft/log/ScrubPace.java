package io.cairn.server.raft.log;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How fast the scrub goes, and when it stops. One thread scrubs, any stops it. */
interface ScrubPace {
  /**
   * Called before so many bytes are read. Waits until those of before have had their time; false
   * when nothing more is to be read.
   */
  boolean next(int bytes) throws InterruptedException;

  /** Ends the scrub: what waits returns. */
  void stop();

  /** At most so many bytes a second; time that the disk took longer is not made up for. */
  static ScrubPace of(long bytesPerSecond) {
    CountDownLatch stopped = new CountDownLatch(1);
    return new ScrubPace() {
      private long dueNanos = System.nanoTime(); // of the scrubbing thread

      @Override
      public boolean next(int bytes) throws InterruptedException {
        long now = System.nanoTime();
        long wait = Math.max(0, dueNanos - now);
        dueNanos = now + wait + TimeUnit.SECONDS.toNanos(bytes) / bytesPerSecond;
        return !stopped.await(wait, TimeUnit.NANOSECONDS);
      }

      @Override
      public void stop() {
        stopped.countDown();
      }
    };
  }
}
