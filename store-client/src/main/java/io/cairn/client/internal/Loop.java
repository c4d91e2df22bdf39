package io.cairn.client.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a client that owns all state of its transport. What is posted from other
 * threads gathers while the loop works; after each gathering the links send, so that requests share
 * frames without waiting for each other.
 *
 * <p>Nothing that runs here may block: futures are completed here too.
 */
final class Loop implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final ScheduledThreadPoolExecutor executor;
  private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean wanted = new AtomicBoolean();
  private final List<Runnable> afterwards = new ArrayList<>();
  private volatile long threadId = -1;

  Loop(String name) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Runs {@code work} on the loop, in the order of the calls of one thread. Any thread. */
  @Override
  public void execute(Runnable work) {
    offer(work);
  }

  /** Like {@link #execute}; false if the loop has ended, and the work may not run. */
  boolean offer(Runnable work) {
    inbox.add(work);
    if (wanted.compareAndSet(false, true)) {
      try {
        executor.execute(this::drain);
      } catch (RejectedExecutionException e) {
        LOG.trace("posted after close", e);
        return false;
      }
    }
    return !executor.isTerminated();
  }

  /** Runs {@code work} on the loop after {@code nanos}. Any thread. */
  void after(long nanos, Runnable work) {
    try {
      Future<?> unused = executor.schedule(() -> execute(work), nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.trace("scheduled after close", e);
    }
  }

  /** Runs {@code work} each time after what was posted. On the loop, or before it starts. */
  void afterwards(Runnable work) {
    afterwards.add(work);
  }

  /** True on the loop's thread. */
  boolean isCurrent() {
    return Thread.currentThread().getId() == threadId;
  }

  /** Ends the thread when what is posted has run; waits for it unless called on it. */
  void close() {
    executor.shutdown();
    if (isCurrent()) {
      return;
    }
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("the client's thread did not end within 5 s");
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void drain() {
    threadId = Thread.currentThread().getId();
    // Before polling: what is posted from here on asks for another drain.
    wanted.set(false);
    Runnable work = inbox.poll();
    while (work != null) {
      run(work);
      work = inbox.poll();
    }
    afterwards.forEach(Loop::run);
  }

  private static void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      // A bug, in here or in what a caller has chained to a future. The other requests go on:
      // each has a deadline that ends it.
      LOG.error("unexpected failure in the client's thread", e);
    }
  }
}
