package io.cairn.server.raft.log;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One thread, begun with the first task, which comes when the log is opened, and there until the
 * log is closed: an append must not fail because no thread can be begun.
 */
final class BackgroundThread implements Background {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "cairn-log-segments");
            made.setDaemon(true);
            return made;
          });

  @Override
  public void execute(Runnable task) {
    thread.execute(task);
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
