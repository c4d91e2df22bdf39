package io.cairn.server.raft;

import io.netty.channel.EventLoop;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A timeout on a network thread, in the form in which Bolt cancels one. Thread safe. */
final class LoopTimeout implements Timeout {
  private final ScheduledFuture<?> scheduled;

  /**
   * Begins to count.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the loop has ended
   */
  LoopTimeout(EventLoop loop, long millis, Runnable late) {
    scheduled = loop.schedule(late, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean cancel() {
    return scheduled.cancel(false);
  }

  @Override
  public boolean isCancelled() {
    return scheduled.isCancelled();
  }

  @Override
  public boolean isExpired() {
    return scheduled.isDone() && !scheduled.isCancelled();
  }

  @Override
  public Timer timer() {
    throw new UnsupportedOperationException("a network thread is no Timer");
  }

  @Override
  public TimerTask task() {
    throw new UnsupportedOperationException("a network thread has no TimerTask");
  }
}
