package io.cairn.server.formation;

import io.cairn.protocol.v1.AdminGrpc;
import io.cairn.protocol.v1.StatusRequest;
import io.cairn.protocol.v1.StatusResponse;
import io.cairn.server.MemberAddress;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks another node, over its client port, how its cluster was formed. Blocks for a second at most.
 */
public final class MemberQuestion {
  private static final long WAIT_MILLIS = 1_000;

  private MemberQuestion() {}

  /** The fingerprint the other node has, if it answers and belongs to a cluster of this name. */
  public static Optional<String> formationOf(MemberAddress member, String cluster) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(member.clientAddress()).usePlaintext().build();
    try {
      StatusResponse status =
          AdminGrpc.newBlockingStub(channel)
              .withDeadlineAfter(WAIT_MILLIS, TimeUnit.MILLISECONDS)
              .status(StatusRequest.getDefaultInstance());
      return status.getGroupsList().stream()
          .map(group -> group.getFormation())
          .filter(formation -> status.getCluster().equals(cluster))
          .filter(Formation::isFingerprint)
          .findFirst();
    } catch (StatusRuntimeException e) {
      return Optional.empty(); // not up yet, or no Cairn server
    } finally {
      channel.shutdownNow();
    }
  }
}
