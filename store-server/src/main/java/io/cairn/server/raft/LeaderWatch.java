package io.cairn.server.raft;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Member;
import io.cairn.server.group.Reply;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Names the leader with its client address, and hands leadership over. Any thread. */
final class LeaderWatch {
  private static final long POLL_MILLIS = 20;
  private static final int POLLS_MAX = 250;

  private final RaftGroup raft;
  private final MemberDirectory directory;

  LeaderWatch(RaftGroup raft, MemberDirectory directory) {
    this.raft = raft;
    this.directory = directory;
  }

  /** Who leads, as far as this node knows; without a node when it knows none, or is not running. */
  LeaderHint hint() {
    LeaderHint.Builder hint = LeaderHint.newBuilder();
    try {
      hint.setTerm(raft.term());
      Optional<RaftPeer> leader = raft.leader();
      leader
          .flatMap(directory::byPeer)
          .ifPresent(
              member -> hint.setNode(member.getName()).setClientAddress(member.getClientAddress()));
    } catch (IllegalStateException e) {
      return hint.build(); // starting or stopping
    }
    return hint.build();
  }

  /** Hands over and answers when another node leads, or that it did not happen. */
  void transfer(Member self, String to, Reply<LeaderHint> reply) {
    RaftPeer own = raft.self();
    RaftPeer target;
    if (to.isEmpty()) {
      Optional<RaftPeer> other =
          raft.peers().stream().filter(peer -> !peer.equals(own)).findFirst();
      if (other.isEmpty()) {
        reply.failed(
            Failures.of(ErrorCode.INVALID_ARGUMENT, self.getName() + " is the only voter"));
        return;
      }
      target = other.get();
    } else {
      Optional<Member> member = directory.byName(to);
      if (member.isEmpty()) {
        reply.failed(Failures.of(ErrorCode.MEMBER_NOT_FOUND, "no member is called " + to));
        return;
      }
      target = RaftPeer.parse(member.get().getRaftAddress());
    }
    if (target.equals(own)) {
      reply.done(hint());
      return;
    }
    try {
      raft.transferLeadership(target);
    } catch (RaftRefusedException | IllegalStateException e) {
      reply.failed(Failures.of(ErrorCode.NO_LEADER, String.valueOf(e.getMessage())));
      return;
    }
    poll(target, reply, POLLS_MAX);
  }

  private void poll(RaftPeer target, Reply<LeaderHint> reply, int polls) {
    LeaderHint now = hint();
    String wanted = directory.byPeer(target).map(Member::getName).orElse("");
    if (now.getNode().equals(wanted)) {
      reply.done(now);
    } else if (polls == 0) {
      reply.failed(
          Failures.of(
              ErrorCode.DEADLINE_EXCEEDED,
              "leadership was offered to " + wanted + ", and it has not taken it yet"));
    } else {
      CompletableFuture.delayedExecutor(POLL_MILLIS, TimeUnit.MILLISECONDS)
          .execute(() -> poll(target, reply, polls - 1));
    }
  }
}
