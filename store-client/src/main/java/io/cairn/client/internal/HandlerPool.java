package io.cairn.client.internal;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one worker's handlers: at most as many as it takes tasks, and only while there is
 * something to run. Any thread.
 */
final class HandlerPool {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerPool.class);
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  HandlerPool(String worker, int capacity) {
    AtomicInteger number = new AtomicInteger();
    // One more than there are tasks: a thread that has said it is free may still be on its way out.
    threads =
        new ThreadPoolExecutor(
            0,
            2 * capacity,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread =
                  new Thread(work, "cairn-worker-" + worker + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Runs a handler; false: the worker has stopped. The caller sees to it that there are not more
   * than the worker takes.
   */
  boolean run(Runnable handler) {
    try {
      threads.execute(handler);
      return true;
    } catch (RejectedExecutionException e) {
      LOG.trace("to be run after the end", e);
      return false;
    }
  }

  /** Interrupts what still runs, and ends. */
  void close() {
    threads.shutdownNow();
    if (threads.getActiveCount() > 0) {
      LOG.debug("{} handlers still run", threads.getActiveCount());
    }
  }
}
