package io.cairn.client.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
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
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();

  HandlerPool(int capacity, ThreadFactory factory) {
    // One more than there are tasks: a thread that has said it is free may still be on its way out.
    threads =
        new ThreadPoolExecutor(
            0, 2 * capacity, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }

  /** Makes the threads of a worker: daemons that bear its name. */
  static ThreadFactory threadsOf(String worker) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "cairn-worker-" + worker + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Runs a handler; false: the worker has stopped. The caller sees to it that there are not more
   * than the worker takes.
   *
   * @throws OutOfMemoryError if the system has no thread to run it on
   */
  boolean run(Runnable handler) {
    try {
      threads.execute(
          () -> {
            running.add(Thread.currentThread());
            try {
              handler.run();
            } finally {
              running.remove(Thread.currentThread());
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      LOG.trace("to be run after the end", e);
      return false;
    }
  }

  /** True on a thread that runs a handler. */
  boolean isCurrent() {
    return running.contains(Thread.currentThread());
  }

  /** Interrupts what still runs, and ends. */
  void close() {
    threads.shutdownNow();
    if (threads.getActiveCount() > 0) {
      LOG.debug("{} handlers still run", threads.getActiveCount());
    }
  }
}
