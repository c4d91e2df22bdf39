package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.WatchCursor;
import io.cairn.client.WatchEvent;
import io.cairn.protocol.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A watch whose events wait here until somebody takes them. */
final class TakenWatch implements WatchCursor, StandingWatch.Consumer {
  private static final int EVENTS_MAX = 8_192;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<WatchEvent> events = new ArrayDeque<>();
  private Optional<StandingWatch> watch = Optional.empty();
  private Optional<CairnException> end = Optional.empty();
  private long start;
  private boolean full;

  void start(StandingWatch standing) {
    watch = Optional.of(standing);
    standing.start();
  }

  @Override
  public Optional<WatchEvent> next(Duration timeout) {
    lock.lock();
    try {
      await(timeout, () -> !events.isEmpty() || end.isPresent());
      Optional<WatchEvent> event = Optional.ofNullable(events.poll());
      if (event.isEmpty() && end.isPresent()) {
        throw end.get();
      }
      if (full && events.size() <= EVENTS_MAX / 2) {
        full = false;
        watch.ifPresent(StandingWatch::resume);
      }
      return event;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long awaitStart(Duration timeout) {
    lock.lock();
    try {
      if (!await(timeout, () -> start > 0 || end.isPresent())) {
        throw new CairnException(
            ErrorCode.UNAVAILABLE, "the watch did not stand within " + timeout.toMillis() + " ms");
      }
      if (start == 0) {
        throw end.orElseThrow();
      }
      return start;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    watch.ifPresent(StandingWatch::close);
    ended(new CairnException(ErrorCode.CLOSED, "the watch is closed"));
  }

  @Override
  public void started(long revision) {
    change(() -> start = revision);
  }

  @Override
  public boolean take(List<WatchEvent> fresh) {
    change(
        () -> {
          events.addAll(fresh);
          full = events.size() >= EVENTS_MAX;
        });
    return !full;
  }

  @Override
  public void ended(CairnException why) {
    change(() -> end = Optional.of(why));
  }

  private void change(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Needs the lock. */
  private boolean await(Duration timeout, BooleanSupplier condition) {
    long left = timeout.toNanos();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(Math.min(left, TimeUnit.HOURS.toNanos(1)));
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CairnException(ErrorCode.CLOSED, "interrupted while waiting for a change", e);
    }
  }
}
