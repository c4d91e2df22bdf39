package io.cairn.server.raft;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a follower may elect sooner than after the usual silence: when the process of the leader it
 * follows has ended, and while no leader has been heard of since the start.
 *
 * <p>It only shortens what this node waits for. Whether there is an election is decided as ever: a
 * candidate needs the pre-votes of a majority, and a node refuses its own while it hears the leader
 * it follows, by its own timeout. So what one node believes wrongly changes nothing as long as the
 * others hear the leader; where a majority does, a leader that is still heard every tenth of the
 * usual timeout keeps them from electing all the same, as that is less than {@link #SHORT_MILLIS}.
 * Votes, terms and logs are compared as ever in any case.
 *
 * <p>The voters that are left act one after another, in the order of their addresses, {@link
 * #SLOT_MILLIS} apart, and again in turn: the first one mostly has won before the second would
 * stand against it. If its log lacks something, it is refused, and the second has its turn.
 *
 * <p>Any thread.
 */
final class ElectionPace {
  /** Silence of a leader whose process has ended after which it is not waited for any more. */
  static final int SHORT_MILLIS = 150;

  /** The same while there has been no leader: processes that have just started are slow. */
  static final int FIRST_MILLIS = 300;

  /** Time that a voter has before the next one acts. */
  static final int SLOT_MILLIS = 150;

  /** After so long without success the usual times hold again. */
  static final int LIMIT_MILLIS = 2_000;

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
    if (hasten(left, SHORT_MILLIS)) {
      LOG.info("raft leader's process has ended, electing group={} leader={}", name, leader);
    }
  }

  /** The node has just been started. */
  void started() {
    if (group.followed().isEmpty()) {
      hasten(group.peers(), FIRST_MILLIS);
    }
  }

  private boolean hasten(List<RaftPeer> voters, int shortMillis) {
    int rank = voters.stream().sorted().toList().indexOf(self);
    int firstMillis = shortMillis + rank * SLOT_MILLIS;
    if (rank < 0 || firstMillis >= options.getElectionTimeoutMs()) {
      return false; // no voter, or the usual times are as short
    }
    int roundMillis = voters.size() * SLOT_MILLIS;
    int runs = 1 + (LIMIT_MILLIS - firstMillis) / roundMillis;
    return timer.hasten(
        new ElectionTimer.Haste(
            firstMillis, roundMillis, runs, () -> options.shorten(shortMillis), options::restore));
  }
}
