package io.cairn.server.formation;

import io.cairn.protocol.v1.AdminGrpc;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.StandingRequest;
import io.cairn.protocol.v1.StandingResponse;
import io.cairn.protocol.v1.StatusRequest;
import io.cairn.protocol.v1.StatusResponse;
import io.cairn.server.MemberAddress;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

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
        .filter(row -> isPast(row, self.name(), self.raftAddress()))
        .map(row -> row.getName() + " at " + row.getRaftAddress())
        .findFirst();
  }

  /** Whether the row says that a node of this name or address has taken part. */
  public static boolean isPast(Member row, String name, String raftAddress) {
    return row.getJoined()
        && (row.getName().equals(name) || row.getRaftAddress().equals(raftAddress));
  }

  /**
   * What the leader expects of {@code self}; the other node says who leads. Empty: no leader of the
   * cluster that was formed like that answers.
   */
  public static Optional<StandingResponse> standingOf(
      MemberAddress self, MemberAddress asked, String cluster, String formation) {
    return groupOf(asked.clientAddress(), cluster)
        .map(group -> group.getLeader().getClientAddress())
        .filter(leader -> !leader.isEmpty())
        .flatMap(leader -> ask(leader, admin -> admin.standing(questionOf(self))))
        .filter(standing -> standing.getFormation().equals(formation));
  }

  private static StandingRequest questionOf(MemberAddress self) {
    return StandingRequest.newBuilder()
        .setName(self.name())
        .setRaftAddress(self.raftAddress())
        .build();
  }

  /** Whether the member says that entries are on its disk. */
  public static boolean hasStored(Member member, String cluster, String formation) {
    return ask(member.getClientAddress(), MemberQuestion::status)
        .filter(status -> status.getNode().equals(member.getName()))
        .flatMap(status -> groupIn(status, cluster))
        .filter(group -> group.getFormation().equals(formation))
        .filter(group -> group.getLastLogIndex() > 0)
        .isPresent();
  }

  private static Optional<GroupStatus> groupOf(String clientAddress, String cluster) {
    return ask(clientAddress, MemberQuestion::status).flatMap(status -> groupIn(status, cluster));
  }

  private static Optional<GroupStatus> groupIn(StatusResponse status, String cluster) {
    return status.getGroupsList().stream()
        .filter(group -> status.getCluster().equals(cluster))
        .findFirst();
  }

  private static StatusResponse status(AdminGrpc.AdminBlockingStub admin) {
    return admin.status(StatusRequest.getDefaultInstance());
  }

  private static <T> Optional<T> ask(
      String clientAddress, Function<AdminGrpc.AdminBlockingStub, T> question) {
    ManagedChannel channel;
    try {
      channel = NettyChannelBuilder.forTarget(clientAddress).usePlaintext().build();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no address: a member that cannot be asked like one that is down
    }
    try {
      return Optional.of(
          question.apply(
              AdminGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(WAIT_MILLIS, TimeUnit.MILLISECONDS)));
    } catch (StatusRuntimeException e) {
      return Optional.empty(); // not up yet, does not lead, or no Cairn server
    } finally {
      channel.shutdownNow();
    }
  }
}
