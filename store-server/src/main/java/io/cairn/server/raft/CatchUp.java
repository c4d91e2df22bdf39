package io.cairn.server.raft;

import com.alipay.sofa.jraft.error.RaftError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
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
  /** An attempt that may not be over by then is not begun: a caller waits 5 s for an answer. */
  static final long PATIENCE_MILLIS = 4_000;

  /** Between two attempts. */
  static final long PAUSE_MILLIS = 200;

  private static final int CONNECT_MILLIS = 500;
  private static final String LATE = RaftError.ECATCHUP.name();
  private static final String DEPOSED = RaftError.EPERM.name();

  private final Predicate<RaftPeer> reached;
  private final Function<RaftPeer, CompletableFuture<Void>> addition;
  private final Timer timer;
  private final LongSupplier nanoTime;

  /** Runs a task later, on a thread that the task may block for a while. */
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
   * Completes when the change is committed, or with the failure of the last attempt; with {@code
   * EPERM} if this node does not lead any more.
   *
   * @param leads whether this node still leads, and did all the while: another leader may have
   *     changed what this addition was allowed on
   */
  CompletableFuture<Void> add(RaftPeer peer, BooleanSupplier leads) {
    return new Addition(peer, leads).begin(0);
  }

  /** One addition, attempt after attempt. */
  private final class Addition {
    private final RaftPeer peer;
    private final BooleanSupplier leads;
    private final long startNanos = nanoTime.getAsLong();
    private long longestNanos;

    Addition(RaftPeer peer, BooleanSupplier leads) {
      this.peer = peer;
      this.leads = leads;
    }

    /** Makes an attempt after a pause: on the timer's thread always, as this one may apply. */
    CompletableFuture<Void> begin(long pauseMillis) {
      CompletableFuture<Void> over = new CompletableFuture<>();
      CompletableFuture<Void> added = over.thenCompose(waited -> attempt());
      timer.after(() -> over.complete(null), pauseMillis);
      return added;
    }

    private CompletableFuture<Void> attempt() {
      long begunNanos = nanoTime.getAsLong();
      return ask()
          .exceptionallyCompose(
              failure -> {
                longestNanos = Math.max(longestNanos, nanoTime.getAsLong() - begunNanos);
                if (isLate(failure) && hasTime()) {
                  return begin(PAUSE_MILLIS);
                }
                // No other change of members is under way: it can only be handing over.
                return CompletableFuture.failedFuture(isBusy(failure) ? deposed() : failure);
              });
    }

    private CompletableFuture<Void> ask() {
      boolean isThere = reached.test(peer);
      if (!leads.getAsBoolean()) { // asked last: reaching takes a while
        return CompletableFuture.failedFuture(deposed());
      }
      return isThere
          ? addition.apply(peer)
          : CompletableFuture.failedFuture(
              new RaftRefusedException(LATE, "no connection to " + peer));
    }

    private boolean hasTime() {
      long nextEndNanos =
          nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS) + longestNanos;
      return nextEndNanos - startNanos <= TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    }

    private RaftRefusedException deposed() {
      return new RaftRefusedException(
          DEPOSED,
          "this node does not lead any more, or hands over, and has not added "
              + peer
              + ": add it again");
    }
  }

  /** Whether the new voter was given up: nothing has changed then. */
  static boolean isLate(Throwable failure) {
    return Failures.causeOf(failure) instanceof RaftRefusedException refused
        && refused.code().equals(LATE);
  }

  private static boolean isBusy(Throwable failure) {
    return Failures.causeOf(failure) instanceof RaftRefusedException refused && refused.isBusy();
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
