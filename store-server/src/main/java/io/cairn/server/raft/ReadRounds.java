package io.cairn.server.raft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.server.group.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Linearizable reads by ReadIndex, many to a round: reads that arrive while a round is under way
 * share the next one. A read may not join a round that began before it: that round's commit index
 * may be too low.
 *
 * <p>Ongaro, "Consensus: Bridging Theory and Practice", section 6.4.
 */
final class ReadRounds {
  /** More than this many waiting reads are refused. */
  private static final int WAITING_MAX = 65_536;

  private static final Logger LOG = LoggerFactory.getLogger(ReadRounds.class);

  private final Consumer<ReadIndexClosure> readIndex;
  private final LongSupplier nanoTime;
  private final IntConsumer onRound;

  // guarded by this
  private List<Reply<Void>> waiting = new ArrayList<>();
  private boolean underWay;
  private volatile long freshNanos;
  private volatile boolean everFresh;

  ReadRounds(Consumer<ReadIndexClosure> readIndex, LongSupplier nanoTime, IntConsumer onRound) {
    this.onRound = onRound;
    this.readIndex = readIndex;
    this.nanoTime = nanoTime;
  }

  /** Calls {@code reply} when all that was committed before this call is applied here. */
  void join(Reply<Void> reply) {
    boolean start;
    synchronized (this) {
      if (waiting.size() >= WAITING_MAX) {
        start = false;
      } else {
        waiting.add(reply);
        start = !underWay;
        underWay = true;
        if (!start) {
          return;
        }
      }
    }
    if (start) {
      startRound();
    } else {
      reply.failed(Failures.of(ErrorCode.OVERLOADED, WAITING_MAX + " reads wait, and no more may"));
    }
  }

  /** True if this replica had, at most {@code millis} ago, all that was committed then. */
  boolean freshWithin(long millis) {
    return everFresh && nanoTime.getAsLong() - freshNanos <= millis * 1_000_000L;
  }

  private void startRound() {
    List<Reply<Void>> round;
    synchronized (this) {
      round = waiting;
      waiting = new ArrayList<>();
      if (round.isEmpty()) {
        underWay = false;
        return;
      }
    }
    onRound.accept(round.size());
    long startNanos = nanoTime.getAsLong();
    try {
      readIndex.accept(
          new ReadIndexClosure() {
            @Override
            public void run(Status status, long index, byte[] context) {
              ended(status, startNanos, round);
            }
          });
    } catch (IllegalStateException e) {
      ended(new Status(-1, "the node is stopping"), startNanos, round);
    }
  }

  private void ended(Status status, long startNanos, List<Reply<Void>> round) {
    try {
      answer(status, startNanos, round);
    } finally {
      startRound(); // whatever a reply throws: else no read would be answered any more
    }
  }

  private void answer(Status status, long startNanos, List<Reply<Void>> round) {
    if (status.isOk()) {
      freshNanos = startNanos;
      everFresh = true;
      each(round, Reply::finish);
    } else {
      Failure failure =
          Failures.of(
              ErrorCode.NO_LEADER, "no leader confirmed the commit index: " + status.getErrorMsg());
      each(round, reply -> reply.failed(failure));
    }
  }

  /** One that throws must not leave those behind it in the round without an answer. */
  private static void each(List<Reply<Void>> round, Consumer<Reply<Void>> answer) {
    for (Reply<Void> reply : round) {
      try {
        answer.accept(reply);
      } catch (RuntimeException e) {
        LOG.warn("a reader of a round of {} threw", round.size(), e);
      }
    }
  }
}
