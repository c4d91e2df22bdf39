package io.cairn.server.raft;

import io.cairn.core.engine.MemberTable;
import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.StandingRequest;
import io.cairn.protocol.v1.StandingResponse;
import io.cairn.server.formation.MemberQuestion;
import io.cairn.server.group.Reply;
import java.util.Optional;

/**
 * What a leader tells a server whose folder is empty (I9): whether the cluster holds it to promises
 * that its disk may have lost.
 *
 * <p>Only a leader answers, and only after a majority has confirmed it: one that was deposed
 * without knowing would answer from a list of voters that may be out of date.
 */
final class Standings {
  private final Leadership leadership;
  private final RaftGroup raft;
  private final Membership membership;
  private final String self;

  Standings(Leadership leadership, RaftGroup raft, Membership membership, String self) {
    this.leadership = leadership;
    this.raft = raft;
    this.membership = membership;
    this.self = self;
  }

  /** Answers on any thread. */
  void answer(StandingRequest of, RaftStoreGroup group, Reply<StandingResponse> reply) {
    RaftPeer peer;
    try {
      peer = RaftPeer.parse(of.getRaftAddress());
    } catch (IllegalArgumentException e) {
      reply.failed(Failures.of(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
      return;
    }
    Optional<Reign> asked = leadership.current();
    group.linearize(
        new Reply<>() {
          @Override
          public void done(Void nothing) {
            // Somebody leads, a majority says: this node, if its term is the same and lasts.
            if (leadership.confirmed() && leadership.current().equals(asked)) {
              answerNow(of, peer, group, reply);
            } else {
              reply.failed(Failures.notLeader(self, group.leader()));
            }
          }

          @Override
          public void failed(Failure failure) {
            reply.failed(failure);
          }
        });
  }

  /** A node that is stopping cannot look any more; its round has other reads to answer. */
  private void answerNow(
      StandingRequest of, RaftPeer peer, RaftStoreGroup group, Reply<StandingResponse> reply) {
    StandingResponse standing;
    try {
      standing = standing(of, peer, group);
    } catch (RuntimeException e) {
      reply.failed(Failures.of(ErrorCode.INTERNAL, "members cannot be looked up: " + e));
      return;
    }
    reply.done(standing);
  }

  private StandingResponse standing(StandingRequest of, RaftPeer peer, RaftStoreGroup group) {
    StandingResponse.Builder response =
        StandingResponse.newBuilder()
            .setFormation(group.formation())
            .setVoter(raft.peers().contains(peer) || membership.removes(peer));
    try (View view = group.view()) {
      MemberTable.list(view).stream()
          .filter(row -> MemberQuestion.isPast(row, of.getName(), of.getRaftAddress()))
          .forEach(response::addJoined);
    }
    return response.build();
  }
}
