package io.cairn.server.raft;

import com.alipay.sofa.jraft.error.RaftError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Adds a voter, and is patient with it. JRaft gives a new voter up when it cannot connect, or when
 * one election timeout goes by without an answer. A server that was only just started, or whose
 * disk stands still for a moment, is silent for longer than that; so the addition is asked for
 * again for a while. One that answers has all the time that it needs for the log or a snapshot.
 *
 * <p>JRaft connects with the node locked, so each attempt connects before, without it.
 *
 * <p>Threads: any; one addition at a time, as everywhere in Raft.
 */
final class CatchUp {
  /** An addition is not begun again after this; well within what a caller waits for an answer. */
  static final long PATIENCE_MILLIS = 3_000;

  /** Between two attempts. */
  static final long PAUSE_MILLIS = 200;

  private static final int CONNECT_MILLIS = 500;
  private static final String LATE = RaftError.ECATCHUP.name();
  private static final String BUSY = RaftError.EBUSY.name();

  private final Predicate<RaftPeer> reached;
  private final Function<RaftPeer, CompletableFuture<Void>> addition;
  private final Timer timer;
  private final LongSupplier nanoTime;

  /** Runs a task later, on another thread, which the task may block for a while. */
  @FunctionalInterface
  interface Timer {
    void after(Runnable task, long millis);
  }

  /**
   * @param reached whether a peer takes connections; may take its time
   * @param addition one attempt; a voter that was given up fails it with {@code ECATCHUP}
   * @param nanoTime a monotonic clock
   */
  CatchUp(
      Predicate<RaftPeer> reached,
      Function<RaftPeer, CompletableFuture<Void>> addition,
      Timer timer,
      LongSupplier nanoTime) {
    this.reached = reached;
    this.addition = addition;
    this.timer = timer;
    this.nanoTime = nanoTime;
  }

  /**
   * Completes when the change is committed, or with the failure of the last attempt.
   *
   * @param leads whether this node still leads, and did all the while: another leader may have
   *     changed what this addition was allowed on
   */
  CompletableFuture<Void> add(RaftPeer peer, BooleanSupplier leads) {
    long endNanos = nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    return after(0).thenCompose(begin -> attempt(peer, leads, endNanos));
  }

  private CompletableFuture<Void> attempt(RaftPeer peer, BooleanSupplier leads, long endNanos) {
    CompletableFuture<Void> added =
        reached.test(peer) ? addition.apply(peer) : CompletableFuture.failedFuture(late(peer));
    return added.exceptionallyCompose(
        failure ->
            isLate(failure) && nanoTime.getAsLong() - endNanos < 0
                ? after(PAUSE_MILLIS).thenCompose(waited -> again(peer, leads, endNanos))
                : CompletableFuture.failedFuture(failure));
  }

  /** Nothing has changed up to here; a leader that is handing over changes nothing either. */
  private CompletableFuture<Void> again(RaftPeer peer, BooleanSupplier leads, long endNanos) {
    if (!leads.getAsBoolean()) {
      return CompletableFuture.failedFuture(late(peer));
    }
    return attempt(peer, leads, endNanos)
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(has(failure, BUSY) ? late(peer) : failure));
  }

  private CompletableFuture<Void> after(long millis) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    timer.after(() -> over.complete(null), millis);
    return over;
  }

  private static RaftRefusedException late(RaftPeer peer) {
    return new RaftRefusedException(LATE, "no connection to " + peer);
  }

  /** Whether the new voter was given up: nothing has changed then. */
  static boolean isLate(Throwable failure) {
    return has(failure, LATE);
  }

  private static boolean has(Throwable failure, String code) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RaftRefusedException refused && refused.code().equals(code);
  }

  /** Whether a peer takes connections. Blocks for a while at most. */
  static boolean reaches(RaftPeer peer) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(peer.host(), peer.port()), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
