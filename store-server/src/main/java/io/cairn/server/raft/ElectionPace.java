package io.cairn.server.raft;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a follower elect sooner than after the usual silence when the process of the leader it
 * follows has ended.
 *
 * <p>It only shortens what this node waits for. Whether there is an election is decided as ever: a
 * candidate needs the pre-votes of a majority, and a node refuses its own while it hears the leader
 * it follows, by its own timeout; votes, terms and logs are compared. So what one node believes
 * wrongly changes nothing while the others hear the leader. Where a majority does, by a firewall
 * that rejects for example, a leader that is alive is still heard: its heartbeats come at shorter
 * intervals than it is waited for here.
 *
 * <p>The voters that are left act one after another, in the order of their addresses, a slot apart,
 * and again in turn: the first one mostly has won before the second would stand against it. If its
 * log lacks something, it is refused, and the second has its turn.
 *
 * <p>All times are parts of the usual election timeout, T.
 *
 * <p>Any thread.
 */
final class ElectionPace {
  /** Silence of a leader whose process has ended after which it is not waited for any more. */
  private static final int SHORT_PART = 4;

  /** Time that a voter has before the next one acts. */
  private static final int SLOT_PART = 4;

  /** After so many T without success the usual times hold again. */
  private static final int LIMIT = 3;

  private static final Logger LOG = LoggerFactory.getLogger(ElectionPace.class);

  /** What the pace is set by. May take the node's lock. */
  interface Group {
    /** The leader that this node follows; empty when it knows none, leads, or stands. */
    Optional<RaftPeer> followed();

    /** All voters. */
    List<RaftPeer> peers();
  }

  private final String name;
  private final RaftPeer self;
  private final Group group;
  private final ElectionOptions options;
  private final ElectionTimer timer;
  private final AtomicLong hastes = new AtomicLong();

  ElectionPace(
      String name, RaftPeer self, Group group, ElectionOptions options, ElectionTimer timer) {
    this.name = name;
    this.self = self;
    this.group = group;
    this.options = options;
    this.timer = timer;
  }

  /** The process of this leader has ended: nothing listens at its raft address. */
  void leaderEnded(RaftPeer leader) {
    if (!group.followed().equals(Optional.of(leader))) {
      return;
    }
    List<RaftPeer> left = group.peers().stream().filter(peer -> !peer.equals(leader)).toList();
    if (hasten(left)) {
      hastes.incrementAndGet();
      LOG.info("raft leader's process has ended, electing group={} leader={}", name, leader);
    }
  }

  /** How often this node has elected sooner, or meant to, because a leader's process had ended. */
  long hastes() {
    return hastes.get();
  }

  /** Whether this node waits for less than usual. */
  boolean isHasty() {
    return options.isShortened();
  }

  private boolean hasten(List<RaftPeer> voters) {
    int rank = voters.stream().sorted().toList().indexOf(self);
    if (rank < 0) {
      return false;
    }
    int usualMillis = options.usualElectionTimeoutMillis();
    int shortMillis = usualMillis / SHORT_PART;
    int slotMillis = usualMillis / SLOT_PART;
    int firstMillis = shortMillis + rank * slotMillis;
    int roundMillis = voters.size() * slotMillis;
    int runs = 1 + Math.max(0, LIMIT * usualMillis - firstMillis) / roundMillis;
    return timer.hasten(
        new ElectionTimer.Haste(
            firstMillis, roundMillis, runs, () -> options.shorten(shortMillis), options::restore));
  }
}
