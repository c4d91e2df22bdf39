package io.cairn.server.rpc;

import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.Telemetry;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A short task that runs again and again on a timer of one thread while it has something to look
 * after, and rests otherwise: a server that nobody asks for anything does not wake up for it.
 * Thread safe.
 */
final class RestingTask {
  private final ScheduledExecutorService timer;
  private final long pauseMillis;
  private final BooleanSupplier task;
  private final Telemetry telemetry;
  private final AtomicBoolean awake = new AtomicBoolean();

  /**
   * A task at rest.
   *
   * @param task does what is due; true if there is something left to look after
   */
  RestingTask(
      ScheduledExecutorService timer, long pauseMillis, BooleanSupplier task, Telemetry telemetry) {
    this.timer = timer;
    this.pauseMillis = pauseMillis;
    this.task = task;
    this.telemetry = telemetry;
  }

  /** Has it run from now on. Called after there is something new to look after. */
  void wake() {
    if (!awake.get() && awake.compareAndSet(false, true)) {
      later();
    }
  }

  private void later() {
    try {
      var unused = timer.schedule(this::run, pauseMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The port is being closed: its streams end, and nothing is late any more.
    }
  }

  private void run() {
    if (look()) {
      later();
      return;
    }
    awake.set(false);
    // Whoever came between the look and the flag has seen it awake, and woke nobody.
    if (look()) {
      wake();
    }
  }

  private boolean look() {
    try {
      return task.getAsBoolean();
    } catch (RuntimeException e) {
      telemetry.log().failure(LogEvent.REQUEST_FAILED, e, "request", "timer");
      return true;
    }
  }
}
