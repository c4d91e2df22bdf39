package io.cairn.client.internal;

import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread on which user code is called back, one call after the other; it may block. It is there
 * only while there is something to call. At most one call per watch and per lease waits for it.
 */
final class Callbacks {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

  private final ThreadPoolExecutor executor;
  private volatile Optional<Thread> current = Optional.empty();

  Callbacks(String name) {
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            2,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /** Runs {@code work} soon. Any thread. */
  void run(Runnable work) {
    try {
      executor.execute(() -> guarded(work));
    } catch (RejectedExecutionException e) {
      LOG.trace("called back after close", e);
    }
  }

  /** Runs what waits, and ends; does not wait for user code longer than a second. */
  void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** True on the thread that calls back: what waits for a callback there waits for itself. */
  boolean isCurrent() {
    return current.filter(thread -> thread == Thread.currentThread()).isPresent();
  }

  private void guarded(Runnable work) {
    current = Optional.of(Thread.currentThread());
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.warn("a listener has thrown", e);
    } finally {
      current = Optional.empty();
    }
  }
}
