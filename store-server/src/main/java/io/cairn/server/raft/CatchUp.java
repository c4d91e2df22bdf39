package io.cairn.server.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Adds a voter, and is patient with it. JRaft gives a new voter up when one election timeout goes
 * by without an answer of it, the first connection included. A server that was only just started,
 * or whose disk stands still for a moment, is silent for longer than that; so the addition is asked
 * for again for a while. One that answers has all the time that it needs for the log or a snapshot.
 *
 * <p>Threads: any; one addition at a time, as everywhere in Raft.
 */
final class CatchUp {
  /** An addition is not begun again after this; well within what a caller waits for an answer. */
  static final long PATIENCE_MILLIS = 3_000;

  /** Between two attempts. */
  static final long PAUSE_MILLIS = 200;

  private final Function<RaftPeer, CompletableFuture<Void>> addition;
  private final Timer timer;
  private final LongSupplier nanoTime;

  /** Runs a task later, on another thread. */
  @FunctionalInterface
  interface Timer {
    void after(Runnable task, long millis);
  }

  /**
   * @param addition one attempt; a voter that was given up fails it with {@code ECATCHUP}
   * @param nanoTime a monotonic clock
   */
  CatchUp(
      Function<RaftPeer, CompletableFuture<Void>> addition, Timer timer, LongSupplier nanoTime) {
    this.addition = addition;
    this.timer = timer;
    this.nanoTime = nanoTime;
  }

  /** Completes when the change is committed, or with the failure of the last attempt. */
  CompletableFuture<Void> add(RaftPeer peer) {
    long endNanos = nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    return attempt(peer, endNanos);
  }

  private CompletableFuture<Void> attempt(RaftPeer peer, long endNanos) {
    return addition
        .apply(peer)
        .exceptionallyCompose(
            failure ->
                isLate(failure) && nanoTime.getAsLong() - endNanos < 0
                    ? paused().thenCompose(waited -> attempt(peer, endNanos))
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Void> paused() {
    CompletableFuture<Void> over = new CompletableFuture<>();
    timer.after(() -> over.complete(null), PAUSE_MILLIS);
    return over;
  }

  /** Whether the new voter was given up: nothing has changed then. */
  static boolean isLate(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RaftRefusedException refused && refused.code().equals("ECATCHUP");
  }
}
