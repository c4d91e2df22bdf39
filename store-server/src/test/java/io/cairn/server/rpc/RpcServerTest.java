package io.cairn.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.AdminGrpc;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.MemberAddRequest;
import io.cairn.protocol.v1.MemberChangeResponse;
import io.cairn.protocol.v1.MemberRemoveRequest;
import io.cairn.protocol.v1.MemberReplaceRequest;
import io.cairn.protocol.v1.SnapshotRequest;
import io.cairn.protocol.v1.StatusRequest;
import io.cairn.protocol.v1.StatusResponse;
import io.cairn.protocol.v1.TransferLeaderRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RpcServerTest {
  private TestServer server;
  private ManagedChannel channel;
  private AdminGrpc.AdminBlockingStub admin;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    server = new TestServer(folder);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    admin = AdminGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void statusTellsWhoThisIs() {
    StatusResponse status = admin.status(StatusRequest.getDefaultInstance());
    assertThat(status.getCluster()).isEqualTo("c1");
    assertThat(status.getGroups(0).getRole()).isEqualTo("LEADER");
  }

  @Test
  void membersAreAddedReplacedAndRemoved() {
    MemberChangeResponse added =
        admin.memberAdd(MemberAddRequest.newBuilder().setMember(member("a", 1)).build());
    assertThat(added.getMembersList()).containsExactly(member("a", 1));
    MemberChangeResponse replaced =
        admin.memberReplace(
            MemberReplaceRequest.newBuilder().setName("a").setWith(member("a", 2)).build());
    assertThat(replaced.getMembersList()).containsExactly(member("a", 2));
    MemberChangeResponse removed =
        admin.memberRemove(MemberRemoveRequest.newBuilder().setName("a").build());
    assertThat(removed.getMembersList()).isEmpty();
  }

  @Test
  void replacementOfAnUnknownMemberAddsNone() {
    assertThatThrownBy(
            () ->
                admin.memberReplace(
                    MemberReplaceRequest.newBuilder().setName("x").setWith(member("a", 1)).build()))
        .hasMessageContaining("MEMBER_NOT_FOUND");
    assertThat(admin.status(StatusRequest.getDefaultInstance()).getGroups(0).getMembersList())
        .isEmpty();
  }

  @Test
  void refusedCallCarriesItsFailure() throws Exception {
    StatusRuntimeException refused =
        Assertions.catchThrowableOfType(
            StatusRuntimeException.class,
            () -> admin.memberRemove(MemberRemoveRequest.newBuilder().setName("x").build()));
    byte[] trailer = Status.trailersFromThrowable(refused).get(ErrorMapping.FAILURE_TRAILER);
    assertThat(Failure.parseFrom(trailer).getCode()).isEqualTo(ErrorCode.MEMBER_NOT_FOUND.number());
    assertThatThrownBy(() -> admin.memberAdd(MemberAddRequest.getDefaultInstance()))
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  @Test
  void anAddressThatNobodyCanConnectToIsRefused() {
    for (String wrong : List.of("a_b:1", "::1:7420", "h:1:2", "h", "a%b:1", "h:123456", "-h:1")) {
      Member member = member("a", 1).toBuilder().setClientAddress(wrong).build();
      assertThatThrownBy(
              () -> admin.memberAdd(MemberAddRequest.newBuilder().setMember(member).build()))
          .as(wrong)
          .hasMessageContaining("INVALID_ARGUMENT");
    }
    Member six =
        member("b", 1).toBuilder()
            .setRaftAddress("[::1]:7421:2")
            .setClientAddress("[::1]:7420")
            .build();
    assertThat(
            admin.memberAdd(MemberAddRequest.newBuilder().setMember(six).build()).getMembersList())
        .contains(six);
  }

  @Test
  void leadershipAndSnapshotsAreForwarded() {
    assertThat(
            admin.transferLeader(TransferLeaderRequest.getDefaultInstance()).getLeader().getNode())
        .isEqualTo("n1");
    assertThat(admin.snapshot(SnapshotRequest.getDefaultInstance()).getIndex()).isNotNegative();
  }

  private static Member member(String name, int port) {
    return Member.newBuilder()
        .setName(name)
        .setRaftAddress("h:" + port)
        .setClientAddress("h:" + (port + 1))
        .setHttpAddress("h:" + (port + 2))
        .build();
  }
}
