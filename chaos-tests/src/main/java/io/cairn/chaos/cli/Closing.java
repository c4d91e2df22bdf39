package io.cairn.chaos.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Closing of what a run used: each by itself, whatever becomes of the others. */
final class Closing {
  private final Duration limit;
  private final List<String> failures = new ArrayList<>();

  /** Each may take this long: a fault may hang where its file system does. */
  Closing(Duration limit) {
    this.limit = limit;
  }

  /** Closes it; a failure is kept. */
  void close(String what, AutoCloseable closed) throws InterruptedException {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              closed.close();
              return true;
            });
    Thread thread = new Thread(task, "chaos-close-" + what);
    thread.setDaemon(true);
    thread.start();
    try {
      boolean ignored = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      failures.add("%s did not end within %d s".formatted(what, limit.toSeconds()));
    } catch (ExecutionException e) {
      failures.add("%s could not be closed: %s".formatted(what, e.getCause()));
    }
  }

  /** What could not be closed, and why. */
  List<String> failures() {
    return List.copyOf(failures);
  }
}
