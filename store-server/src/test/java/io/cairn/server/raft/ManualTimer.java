package io.cairn.server.raft;

import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import com.alipay.sofa.jraft.util.timer.TimerTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A timer whose time passes when a test says so. One thread. */
final class ManualTimer implements Timer {
  private final List<Due> pending = new ArrayList<>();
  private long nowMillis;
  private int stops;

  long nowMillis() {
    return nowMillis;
  }

  int stops() {
    return stops;
  }

  /** Lets time pass, and runs what is due in order. */
  void pass(long millis) {
    long untilMillis = nowMillis + millis;
    Optional<Due> next = nextUntil(untilMillis);
    while (next.isPresent()) {
      Due due = next.get();
      pending.remove(due);
      nowMillis = due.atMillis;
      try {
        due.task.run(due);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      next = nextUntil(untilMillis);
    }
    nowMillis = untilMillis;
  }

  private Optional<Due> nextUntil(long millis) {
    return pending.stream()
        .filter(due -> due.atMillis <= millis)
        .min(Comparator.comparingLong(due -> due.atMillis));
  }

  @Override
  public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
    Due due = new Due(task, nowMillis + unit.toMillis(delay));
    pending.add(due);
    return due;
  }

  @Override
  public Set<Timeout> stop() {
    stops++;
    return Set.of();
  }

  private final class Due implements Timeout {
    private final TimerTask task;
    private final long atMillis;
    private boolean cancelled;

    Due(TimerTask task, long atMillis) {
      this.task = task;
      this.atMillis = atMillis;
    }

    @Override
    public Timer timer() {
      return ManualTimer.this;
    }

    @Override
    public TimerTask task() {
      return task;
    }

    @Override
    public boolean isExpired() {
      return false;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public boolean cancel() {
      cancelled = pending.remove(this);
      return cancelled;
    }
  }
}
