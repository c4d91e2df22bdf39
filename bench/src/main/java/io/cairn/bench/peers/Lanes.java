package io.cairn.bench.peers;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Threads for calls that wait for their answers. Any thread. */
final class Lanes implements AutoCloseable {
  private final ExecutorService threads;

  /** So many calls at a time. */
  Lanes(int count, String name) {
    this.threads =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Makes a call on one of the threads. */
  <T> CompletableFuture<T> call(Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.execute(
        () -> {
          T value;
          try {
            value = call.call();
          } catch (Exception e) {
            result.completeExceptionally(e);
            return;
          }
          result.complete(value);
        });
    return result;
  }

  /** Makes a call on one of the threads, which does not wait for what the call begins. */
  <T> CompletableFuture<T> callAsync(Callable<CompletableFuture<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            var unused =
                call.call()
                    .whenComplete(
                        (value, failure) -> {
                          if (failure == null) {
                            result.complete(value);
                          } else {
                            result.completeExceptionally(failure);
                          }
                        });
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
