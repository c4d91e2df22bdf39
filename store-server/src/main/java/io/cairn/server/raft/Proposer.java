package io.cairn.server.raft;

import com.alipay.sofa.jraft.Closure;
import io.cairn.core.engine.EntryFormat;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Outcome;
import io.cairn.server.group.Proposal;
import io.cairn.server.group.Reply;
import io.cairn.server.ops.ServerMetrics;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gathers commands into entries. While batches are under way, what arrives waits and goes out
 * together, up to {@link Limits#ENTRY_COMMANDS_MAX} commands or {@link Limits#ENTRY_BYTES}: the
 * busier the store, the larger the entries. While fewer than {@link #ALONE_MAX} entries are under
 * way, one takes half of what waits, or {@link #SHARE_BYTES}, and leaves the rest to the next.
 *
 * <p>Everything is bounded: the queue here, and {@link #BATCHES_IN_FLIGHT_MAX} entries inside
 * JRaft, whose rings would block for ever when full. One thread proposes, so stamps of log time
 * never go back within a term.
 */
final class Proposer implements AutoCloseable {
  /**
   * Entries proposed and not yet applied. Bounds how far a database can be ahead of its own log.
   */
  static final int BATCHES_IN_FLIGHT_MAX = 8;

  /** Entries under way beside which the next one takes all that it can. */
  private static final int ALONE_MAX = 2;

  /** Commands that are not worth splitting over two entries: each costs two writes to the disk. */
  static final int SHARE_MIN = 64;

  /** Bytes that are worth an entry of their own while hardly anything is under way. */
  static final int SHARE_BYTES = 256 * 1024;

  /** Commands that wait. */
  static final int QUEUE_MAX = 32_768;

  private final String self;
  private final Leadership leadership;
  private final Supplier<LeaderHint> leader;
  private final Log log;
  private final ServerMetrics metrics;
  private final Thread thread;

  // guarded by this
  private final ArrayDeque<Proposal> queue = new ArrayDeque<>();
  private int batchesInFlight;
  private boolean closed;

  /** What the proposer asks of the group. */
  interface Log {
    void propose(ByteBuffer entry, long expectedTerm, Closure done);
  }

  Proposer(
      String self,
      Leadership leadership,
      Supplier<LeaderHint> leader,
      Log log,
      ServerMetrics metrics) {
    this.metrics = metrics;
    this.self = self;
    this.leadership = leadership;
    this.leader = leader;
    this.log = log;
    this.thread = new Thread(this::run, "cairn-propose");
    thread.setDaemon(true);
  }

  /**
   * Starts to propose. What the thread does not survive ends the process: this node would go on as
   * a leader that proposes nothing, and nobody would elect another.
   */
  void start(Halt halt) {
    thread.setUncaughtExceptionHandler(
        (proposing, cause) -> halt.halt("the proposing thread failed", cause));
    thread.start();
  }

  /**
   * Takes commands that have been checked, or fails them before any effect. None is proposed before
   * all are taken: else the first would go out alone, and the others behind it.
   */
  void offer(List<Proposal> commands) {
    if (leadership.current().isEmpty()) {
      fail(commands, Failures.notLeader(self, leader.get()));
      return;
    }
    int taken;
    synchronized (this) {
      taken = closed ? 0 : Math.min(commands.size(), QUEUE_MAX - queue.size());
      boolean wasEmpty = queue.isEmpty();
      queue.addAll(commands.subList(0, taken));
      if (wasEmpty && taken > 0) {
        notifyAll();
      }
    }
    if (taken < commands.size()) {
      fail(
          commands.subList(taken, commands.size()),
          isClosed()
              ? Failures.shuttingDown(self)
              : Failures.of(
                  ErrorCode.OVERLOADED,
                  QUEUE_MAX + " commands wait to be proposed, and no more may"));
    }
  }

  /** As {@link #offer(List)}, for a command of the server's own. */
  void offer(Command command, Reply<Outcome> reply) {
    offer(List.of(new Proposal(command.toByteString(), reply)));
  }

  private static void fail(List<Proposal> commands, Failure failure) {
    commands.forEach(proposal -> proposal.reply().failed(failure));
  }

  /** Commands waiting to be proposed. */
  synchronized int queued() {
    return queue.size();
  }

  /** Refuses what waits and what comes; entries under way end by themselves. */
  @Override
  public void close() {
    List<Proposal> refused;
    synchronized (this) {
      closed = true;
      refused = new ArrayList<>(queue);
      queue.clear();
      notifyAll();
    }
    fail(refused, Failures.shuttingDown(self));
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private void run() {
    try {
      while (true) {
        List<Proposal> batch = take();
        if (batch.isEmpty()) {
          return;
        }
        propose(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for commands and for room; empty when closed. The batch counts as in flight. */
  private synchronized List<Proposal> take() throws InterruptedException {
    while (!closed && (queue.isEmpty() || batchesInFlight >= BATCHES_IN_FLIGHT_MAX)) {
      wait();
    }
    List<Proposal> batch = new ArrayList<>();
    long bytes = 0;
    // While hardly anything is under way, half of what waits is left to the entry behind it, so
    // that one is written while the other is applied.
    boolean alone = batchesInFlight < ALONE_MAX;
    int half = Math.max((queue.size() + 1) / 2, SHARE_MIN);
    int most = alone ? Math.min(half, Limits.ENTRY_COMMANDS_MAX) : Limits.ENTRY_COMMANDS_MAX;
    int bytesMost = alone ? SHARE_BYTES : Limits.ENTRY_BYTES;
    while (!queue.isEmpty() && batch.size() < most) {
      int size = queue.element().command().size();
      if (!batch.isEmpty() && bytes + size > bytesMost) {
        break;
      }
      bytes += size;
      batch.add(queue.remove());
    }
    if (!batch.isEmpty()) {
      batchesInFlight++;
    }
    return batch;
  }

  private void propose(List<Proposal> batch) {
    List<Reply<Outcome>> replies = new ArrayList<>(batch.size());
    Entry.Builder entry = Entry.newBuilder();
    for (Proposal proposal : batch) {
      replies.add(proposal.reply());
      entry.addCommands(proposal.command());
    }
    long startNanos = System.nanoTime();
    ProposedBatch proposed = new ProposedBatch(replies, () -> batchEnded(startNanos));
    Optional<Reign> reign = leadership.current();
    if (reign.isEmpty()) {
      proposed.fail(Failures.notLeader(self, leader.get())); // never appended
      return;
    }
    entry.setLeaderTimeMillis(reign.get().logTimeMillis());
    ByteBuffer bytes = EntryFormat.encode(entry.build());
    metrics.proposed(batch.size(), bytes.remaining());
    try {
      // The term binds the stamp to the reign it was taken in: in another term JRaft refuses the
      // entry.
      log.propose(bytes, reign.get().term(), proposed);
    } catch (IllegalStateException e) {
      // The node is being shut down. JRaft may have called the batch as well: it answers once.
      proposed.fail(
          Failures.of(ErrorCode.LOST_TRACK, "node " + self + " was stopped while it proposed"));
    }
  }

  private synchronized void batchEnded(long startNanos) {
    metrics.committed(System.nanoTime() - startNanos);
    batchesInFlight--;
    notifyAll();
  }
}
