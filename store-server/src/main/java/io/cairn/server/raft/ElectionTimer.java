package io.cairn.server.raft;

import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import com.alipay.sofa.jraft.util.timer.TimerTask;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The election timer of one node, whose next runs can be hastened.
 *
 * <p>JRaft's timer runs freely: each run sets the next timeout. It cancels a timeout only when the
 * node stands for election, hears of another term or vote, or ends. That is how a haste ends, at
 * the latest after its number of runs: so it never outlives the moment for which it was begun, and
 * it is never begun on a node that has no timeout pending, because it leads or stands.
 *
 * <p>There is one timeout at a time; a new one takes the place of the one before.
 *
 * <p>Threads: any. The runnables of a haste run under this object's lock and must not block or take
 * another one. Tasks run without it, on the threads of the timer underneath.
 */
final class ElectionTimer implements Timer {
  /**
   * A number of early runs.
   *
   * @param firstMillis delay of the first, from now
   * @param everyMillis delay of each further one, from the end of the one before
   * @param runs how many at most
   * @param begins runs when it begins
   * @param ends runs once, when it is over, whatever ended it
   */
  record Haste(int firstMillis, int everyMillis, int runs, Runnable begins, Runnable ends) {
    Haste {
      if (runs < 1) {
        throw new IllegalArgumentException("a haste has at least one run, not " + runs);
      }
    }
  }

  private final Timer timer;
  private final Consumer<ElectionTimer> whenStopped;

  private @Nullable Pending pending; // guarded by this
  private @Nullable Haste haste; // guarded by this
  private int runsLeft; // guarded by this
  private boolean stopped; // guarded by this

  /**
   * @param timer runs the timeouts; stopped with this one
   * @param whenStopped hears once that this timer is stopped
   */
  ElectionTimer(Timer timer, Consumer<ElectionTimer> whenStopped) {
    this.timer = timer;
    this.whenStopped = whenStopped;
  }

  /**
   * Begins a haste; false, and nothing done, if there is one already, or no timeout to hasten. Its
   * times hold even where a timeout would have come earlier by itself.
   */
  synchronized boolean hasten(Haste wanted) {
    Pending next = pending;
    if (stopped || next == null || haste != null) {
      return false;
    }
    if (!next.taken) { // else it is running, and the next one comes when it has
      Timeout usual = next.scheduled;
      next.runIn(wanted.firstMillis());
      cancel(usual);
    }
    wanted.begins().run();
    haste = wanted;
    runsLeft = wanted.runs();
    return true;
  }

  @Override
  public synchronized Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
    if (stopped) {
      throw new IllegalStateException("election timer was stopped");
    }
    if (pending != null) {
      pending.forget();
    }
    Pending next = new Pending(task);
    next.runIn(millisToNext(unit.toMillis(delay)));
    pending = next;
    return next;
  }

  // guarded by this
  private long millisToNext(long usualMillis) {
    Haste now = haste;
    if (now == null || runsLeft <= 0) {
      return usualMillis;
    }
    return runsLeft == now.runs() ? now.firstMillis() : now.everyMillis();
  }

  @Override
  public Set<Timeout> stop() {
    synchronized (this) {
      if (stopped) {
        return Set.of(); // JRaft may do it twice, and the timer underneath counts its users
      }
      stopped = true;
      if (pending != null) {
        pending.forget();
        pending = null;
      }
      endHaste();
    }
    whenStopped.accept(this);
    return timer.stop();
  }

  // guarded by this
  private void endHaste() {
    Haste over = haste;
    haste = null;
    runsLeft = 0;
    if (over != null) {
      over.ends().run();
    }
  }

  private void run(Pending due) {
    synchronized (this) {
      if (due.taken) {
        return; // ran earlier, was cancelled or replaced
      }
      due.taken = true;
      due.ran = true;
      if (haste != null) {
        runsLeft--;
      }
    }
    try {
      due.task.run(due);
    } catch (Exception e) {
      throw new IllegalStateException("an election timer's task does not throw", e);
    } finally {
      synchronized (this) {
        if (haste != null && runsLeft <= 0) {
          endHaste();
        }
      }
    }
  }

  private synchronized boolean cancelled(Pending timeout) {
    if (timeout != pending) {
      return false;
    }
    pending = null;
    endHaste();
    if (timeout.taken) {
      return false;
    }
    timeout.cancelled = true;
    timeout.forget();
    return true;
  }

  private static void cancel(@Nullable Timeout underneath) {
    if (underneath != null) {
      underneath
          .cancel(); // where that is too late it runs, and finds its timeout taken, or takes it
    }
  }

  /** One timeout; its fields are guarded by the timer's lock. */
  private final class Pending implements Timeout {
    private final TimerTask task;
    private @Nullable Timeout scheduled;
    private boolean taken;
    private boolean ran;
    private boolean cancelled;

    Pending(TimerTask task) {
      this.task = task;
    }

    void runIn(long millis) {
      scheduled =
          timer.newTimeout(unused -> ElectionTimer.this.run(this), millis, TimeUnit.MILLISECONDS);
    }

    void forget() {
      taken = true;
      ElectionTimer.cancel(scheduled);
    }

    @Override
    public Timer timer() {
      return ElectionTimer.this;
    }

    @Override
    public TimerTask task() {
      return task;
    }

    @Override
    public boolean isExpired() {
      synchronized (ElectionTimer.this) {
        return ran;
      }
    }

    @Override
    public boolean isCancelled() {
      synchronized (ElectionTimer.this) {
        return cancelled;
      }
    }

    @Override
    public boolean cancel() {
      return ElectionTimer.this.cancelled(this);
    }
  }
}
