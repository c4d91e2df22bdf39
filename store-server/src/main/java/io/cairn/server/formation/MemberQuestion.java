package io.cairn.server.formation;

import io.cairn.protocol.v1.AdminGrpc;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.StatusRequest;
import io.cairn.protocol.v1.StatusResponse;
import io.cairn.server.MemberAddress;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks another node, over its client port, how its cluster was formed and who is in it. Blocks for
 * a second at most for each node asked.
 */
public final class MemberQuestion {
  private static final long WAIT_MILLIS = 1_000;

  private MemberQuestion() {}

  /** The fingerprint the other node has, if it answers and belongs to a cluster of this name. */
  public static Optional<String> formationOf(MemberAddress member, String cluster) {
    return groupOf(member.clientAddress(), cluster)
        .map(GroupStatus::getFormation)
        .filter(Formation::isFingerprint);
  }

  /**
   * The name under which {@code self} has taken part in the cluster, as the other node knows it.
   * Empty: it has not yet, or the other does not answer.
   */
  public static Optional<String> pastOf(MemberAddress self, MemberAddress asked, String cluster) {
    return groupOf(asked.clientAddress(), cluster).stream()
        .flatMap(group -> group.getMembersList().stream())
        .filter(Member::getJoined)
        .filter(
            row ->
                row.getName().equals(self.name())
                    || row.getRaftAddress().equals(self.raftAddress()))
        .map(row -> row.getName() + " at " + row.getRaftAddress())
        .findFirst();
  }

  /**
   * Whether the leader has {@code peer} among its voters; the other node says who leads, if it does
   * not. Empty: no leader of the cluster that was formed like that answers.
   */
  public static Optional<Boolean> leaderCountsOn(
      String peer, MemberAddress asked, String cluster, String formation) {
    Optional<GroupStatus> group = groupOf(asked.clientAddress(), cluster);
    return group
        .filter(MemberQuestion::leads)
        .or(
            () ->
                group
                    .map(status -> status.getLeader().getClientAddress())
                    .filter(address -> !address.isEmpty())
                    .flatMap(address -> groupOf(address, cluster))
                    .filter(MemberQuestion::leads))
        .filter(leader -> leader.getFormation().equals(formation))
        .map(leader -> leader.getVotersList().contains(peer));
  }

  private static boolean leads(GroupStatus group) {
    return group.getRole().equals("LEADER");
  }

  private static Optional<GroupStatus> groupOf(String clientAddress, String cluster) {
    ManagedChannel channel = NettyChannelBuilder.forTarget(clientAddress).usePlaintext().build();
    try {
      StatusResponse status =
          AdminGrpc.newBlockingStub(channel)
              .withDeadlineAfter(WAIT_MILLIS, TimeUnit.MILLISECONDS)
              .status(StatusRequest.getDefaultInstance());
      return status.getGroupsList().stream()
          .filter(group -> status.getCluster().equals(cluster))
          .findFirst();
    } catch (StatusRuntimeException e) {
      return Optional.empty(); // not up yet, or no Cairn server
    } finally {
      channel.shutdownNow();
    }
  }
}
