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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Linearizable reads by ReadIndex, many to a round: reads that arrive while a round is under way
 * share the next one. A read may not join a round that began before it: that round's commit index
 * may be too low.
 *
 * <p>A round that has no answer in time fails, and its reads with it: an answer that comes later
 * counts for nobody. Time is looked at by one task, only while rounds go on; JRaft's own limit is a
 * timer that wakes up a thousand times a second for ever after.
 *
 * <p>Ongaro, "Consensus: Bridging Theory and Practice", section 6.4. Thread safe.
 */
final class ReadRounds {
  /** More than this many waiting reads are refused. */
  private static final int WAITING_MAX = 65_536;

  /** How long a round may take. A leader without a majority steps down long before. */
  static final long ROUND_MILLIS_MAX = 2_000;

  private static final long ROUND_NANOS_MAX = ROUND_MILLIS_MAX * 1_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(ReadRounds.class);

  private final Consumer<ReadIndexClosure> readIndex;
  private final LongSupplier nanoTime;
  private final IntConsumer onRound;
  private final Later later;

  // guarded by this
  private List<Reply<Void>> waiting = new ArrayList<>();
  private boolean underWay;
  private @Nullable Round round; // the one that was started last, if it has not ended
  private boolean looking;
  private long lookNanos; // when it is due

  private volatile long freshNanos;
  private volatile boolean everFresh;

  /** Runs a task after a while, on any thread. */
  interface Later {
    void run(Runnable task, long millis);
  }

  ReadRounds(
      Consumer<ReadIndexClosure> readIndex,
      LongSupplier nanoTime,
      IntConsumer onRound,
      Later later) {
    this.onRound = onRound;
    this.later = later;
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
    Round next;
    int size;
    boolean look;
    synchronized (this) {
      if (waiting.isEmpty()) {
        underWay = false;
        return;
      }
      size = waiting.size();
      next = new Round(waiting, nanoTime.getAsLong());
      round = next;
      waiting = new ArrayList<>();
      // A look that never came, as no thread could be made for it, does not end all limits.
      look = !looking || next.startNanos - lookNanos > ROUND_NANOS_MAX;
      looking = true;
      lookNanos = look ? next.startNanos + ROUND_NANOS_MAX : lookNanos;
    }
    if (look) {
      later.run(this::look, ROUND_MILLIS_MAX);
    }
    onRound.accept(size);
    try {
      readIndex.accept(next);
    } catch (IllegalStateException e) {
      ended(next, new Status(-1, "the node is stopping"));
    }
  }

  /**
   * Ends the round that is under way if it has taken too long, and looks again while there is one.
   */
  private void look() {
    Round found;
    boolean overdue;
    long nextMillis;
    synchronized (this) {
      found = round;
      if (found == null) {
        looking = false;
        return;
      }
      long now = nanoTime.getAsLong();
      long leftNanos = found.startNanos + ROUND_NANOS_MAX - now;
      overdue = leftNanos <= 0;
      nextMillis = overdue ? ROUND_MILLIS_MAX : leftNanos / 1_000_000L + 1;
      lookNanos = now + nextMillis * 1_000_000L;
    }
    later.run(this::look, nextMillis);
    if (overdue) {
      ended(found, new Status(-1, "no answer in " + ROUND_MILLIS_MAX + " ms"));
    }
  }

  /** Ends a round, once. */
  private void ended(Round which, Status status) {
    List<Reply<Void>> replies;
    synchronized (this) {
      if (round != which) {
        return; // ended before
      }
      round = null;
      replies = which.replies;
      which.replies = List.of(); // JRaft may keep the round for long
    }
    try {
      answer(status, which.startNanos, replies);
    } finally {
      startRound(); // whatever a reply throws: else no read would be answered any more
    }
  }

  /** The reads of one round. */
  private final class Round extends ReadIndexClosure {
    private final long startNanos;
    private List<Reply<Void>> replies; // guarded by the rounds

    Round(List<Reply<Void>> replies, long startNanos) {
      super(-1); // JRaft sets no time limit of its own
      this.replies = replies;
      this.startNanos = startNanos;
    }

    @Override
    public void run(Status status, long index, byte[] context) {
      ended(this, status);
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
