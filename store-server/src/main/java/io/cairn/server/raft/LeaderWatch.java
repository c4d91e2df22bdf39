package io.cairn.server.raft;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Member;
import io.cairn.server.group.Reply;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Names the leader with its client address, and hands leadership over. Any thread. */
final class LeaderWatch {
  private static final long POLL_MILLIS = 20;
  private static final int POLLS_MAX = 250;
  private static final int TRIES_MAX = 100;

  /** For so long the new leader's first command is waited for: it may come here late, or never. */
  private static final int SERVES_POLLS_MAX = 25;

  private final RaftGroup raft;
  private final MemberDirectory directory;
  private final LongSupplier appliedIndex;

  LeaderWatch(RaftGroup raft, MemberDirectory directory, LongSupplier appliedIndex) {
    this.raft = raft;
    this.directory = directory;
    this.appliedIndex = appliedIndex;
  }

  /** Who leads, as far as this node knows; without a node when it knows none, or is not running. */
  LeaderHint hint() {
    LeaderHint.Builder hint = LeaderHint.newBuilder();
    try {
      hint.setTerm(raft.term());
      // Not this node while it hands over: whoever waits here would only be refused again.
      raft.leader()
          .filter(peer -> raft.isLeader() || !peer.equals(raft.self()))
          .flatMap(directory::byPeer)
          .ifPresent(
              member -> hint.setNode(member.getName()).setClientAddress(member.getClientAddress()));
    } catch (IllegalStateException e) {
      return hint.build(); // starting or stopping
    }
    return hint.build();
  }

  /**
   * Hands over and answers when another node leads and serves, or that it did not happen. Until
   * then this node is worth staying: who stops takes its vote, its connections, and processor time
   * from the one that begins.
   *
   * @param to name of the member that shall lead; empty: one that can
   */
  void transfer(Member self, String to, Reply<LeaderHint> reply) {
    Optional<Member> member = directory.byName(to);
    if (to.isEmpty() && raft.peers().size() < 2) {
      reply.failed(Failures.of(ErrorCode.INVALID_ARGUMENT, self.getName() + " is the only voter"));
    } else if (to.isEmpty()) {
      begin(
          raft::transferLeadershipToAny,
          leader -> !leader.isEmpty() && !leader.equals(self.getName()),
          reply,
          TRIES_MAX);
    } else if (member.isEmpty()) {
      reply.failed(Failures.of(ErrorCode.MEMBER_NOT_FOUND, "no member is called " + to));
    } else if (to.equals(self.getName())) {
      reply.done(hint());
    } else {
      RaftPeer target = RaftPeer.parse(member.get().getRaftAddress());
      begin(() -> raft.transferLeadership(target), to::equals, reply, TRIES_MAX);
    }
  }

  /**
   * While the voters are being changed JRaft refuses: a new one that is silent is asked again and
   * again, with pauses, and one that can be reached may take longer than anybody waits here.
   */
  private void begin(
      Runnable transfer, Predicate<String> done, Reply<LeaderHint> reply, int tries) {
    long lastLogIndex;
    try {
      transfer.run();
      lastLogIndex = raft.lastLogIndex(); // nothing is appended any more
    } catch (RaftRefusedException | IllegalStateException e) {
      if (tries > 0 && e instanceof RaftRefusedException refused && refused.isBusy()) {
        later(() -> begin(transfer, done, reply, tries - 1));
      } else {
        reply.failed(Failures.of(ErrorCode.NO_LEADER, String.valueOf(e.getMessage())));
      }
      return;
    }
    poll(done, lastLogIndex, reply, POLLS_MAX);
  }

  private void poll(
      Predicate<String> isWanted, long lastLogIndex, Reply<LeaderHint> reply, int polls) {
    LeaderHint now = hint();
    if (isWanted.test(now.getNode())) {
      awaitService(now, lastLogIndex, reply, SERVES_POLLS_MAX);
    } else if (polls == 0) {
      reply.failed(
          Failures.of(
              ErrorCode.DEADLINE_EXCEEDED, "leadership was offered, and nobody has taken it yet"));
    } else {
      later(() -> poll(isWanted, lastLogIndex, reply, polls - 1));
    }
  }

  /** The new leader's log goes on with its voters and its first command, after which it serves. */
  private void awaitService(
      LeaderHint leader, long lastLogIndex, Reply<LeaderHint> reply, int polls) {
    if (polls == 0 || appliedIndex.getAsLong() > lastLogIndex + 1) {
      reply.done(leader);
    } else {
      later(() -> awaitService(leader, lastLogIndex, reply, polls - 1));
    }
  }

  private static void later(Runnable task) {
    CompletableFuture.delayedExecutor(POLL_MILLIS, TimeUnit.MILLISECONDS).execute(task);
  }
}
