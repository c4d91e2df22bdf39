package io.cairn.client.internal;

import io.cairn.protocol.v1.TaskEvent;
import java.time.Duration;

/**
 * Waits for the holder of a task to lose it, or to give it up: until an event of the holder's lease
 * is pushed, and where none are, or one was missed, for as long as lies between two questions. For
 * one waiting thread; events come on the loop.
 */
final class HolderWatch implements Hold.Follower, AutoCloseable {
  private static final long POLL_NANOS_MIN = 20_000_000L;
  private static final long POLL_NANOS_MAX = 250_000_000L;
  private static final long PUSHED_POLL_NANOS_MAX = 2_000_000_000L;
  private static final long NANOS_OF_MILLI = 1_000_000L;

  private final LeaseCalls leases;
  private long lease;
  private boolean pushed;
  private boolean heard;

  HolderWatch(LeaseCalls leases) {
    this.leases = leases;
  }

  /** Says whose lease the task hangs on. */
  void of(long holder) {
    if (holder == lease) {
      return;
    }
    close();
    lease = holder;
    if (holder != 0) {
      leases.follow(holder, this);
    }
  }

  /**
   * Waits until it is time to ask again, or for {@code rest}.
   *
   * @param left what the holder has left at least
   */
  synchronized void await(Duration left, Duration rest) throws InterruptedException {
    long startNanos = System.nanoTime();
    while (!heard) {
      long poll =
          pushed
              ? Math.min(left.toNanos(), PUSHED_POLL_NANOS_MAX)
              : Math.min(left.toNanos() / 2, POLL_NANOS_MAX);
      long limit = Math.max(Math.min(poll, rest.toNanos()), POLL_NANOS_MIN);
      long nanos = limit - (System.nanoTime() - startNanos);
      if (nanos <= 0) {
        return;
      }
      wait(nanos / NANOS_OF_MILLI + 1);
    }
    heard = false;
  }

  @Override
  public synchronized void told(TaskEvent event) {
    heard = true;
    notifyAll();
  }

  /** What happened before was not pushed: it is time to ask. */
  @Override
  public synchronized void stands() {
    pushed = true;
    heard = true;
    notifyAll();
  }

  @Override
  public void close() {
    if (lease != 0) {
      leases.unfollow(lease, this);
      lease = 0;
    }
    synchronized (this) {
      pushed = false;
      heard = false;
    }
  }
}
