package io.cairn.server.rpc;

import static io.cairn.server.rpc.Commands.get;
import static io.cairn.server.rpc.Commands.put;
import static io.cairn.server.rpc.Commands.renew;
import static io.cairn.server.rpc.Commands.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Expire;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Housekeep;
import io.cairn.protocol.v1.Lane;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.LeaderStart;
import io.cairn.protocol.v1.MemberPut;
import io.cairn.protocol.v1.MemberRemove;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.Welcome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreEndpointTest {
  private static final int IN_FLIGHT_MAX = 8;
  private static final int ADMISSION_MAX = 16;

  private TestServer server;
  private TestClient client;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    server = new TestServer(folder, IN_FLIGHT_MAX, ADMISSION_MAX);
    client = TestClient.connected(server.port());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void helloIsWelcomed() {
    Welcome welcome = client.frames.get(0).getWelcome();
    assertThat(welcome.getCluster()).isEqualTo("c1");
    assertThat(welcome.getLeader()).isEqualTo(LocalGroup.LEADER);
    assertThat(welcome.getClientAddressesList()).containsExactly("127.0.0.1:1");
    assertThat(welcome.getRequestBytesMax()).isEqualTo(Limits.COMMAND_BYTES_MAX);
  }

  @Test
  void helloOfAnotherClusterOrProtocolEndsTheStream() throws Exception {
    assertThat(
            codeOfFirstFrame(ClientFrame.newBuilder().setHello(TestClient.hello().setCluster("x"))))
        .isEqualTo(ErrorCode.WRONG_CLUSTER);
    assertThat(
            codeOfFirstFrame(ClientFrame.newBuilder().setHello(TestClient.hello().setProtocol(0))))
        .isEqualTo(ErrorCode.UNSUPPORTED_PROTOCOL);
    assertThat(codeOfFirstFrame(ClientFrame.newBuilder().addRequests(get(1, "k"))))
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  void secondHelloEndsTheStream() throws Exception {
    client.send(ClientFrame.newBuilder().setHello(TestClient.hello()).build());
    assertThat(client.failure().getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT.number());
  }

  @Test
  void frameThatIsTooLargeEndsTheStreamWithBothNumbers() throws Exception {
    ByteString value = ByteString.copyFrom(new byte[Limits.FRAME_BYTES_MAX]);
    Request large = request(1, value);
    client.send(large);
    Failure failure = client.failure();
    assertThat(failure.getCode()).isEqualTo(ErrorCode.TOO_LARGE.number());
    assertThat(ErrorCode.TOO_LARGE.certainty()).isEqualTo(Certainty.NOT_APPLIED);
    assertThat(failure.getExpected()).isEqualTo(Limits.FRAME_BYTES_MAX);
    assertThat(failure.getActual())
        .isEqualTo(ClientFrame.newBuilder().addRequests(large).build().getSerializedSize());
  }

  @Test
  void putIsReadBack() {
    assertThat(client.ask(request(1, put("k", "v"))).getOutcome().getPut()).isNotNull();
    Answer answer = client.ask(get(2, "k"));
    assertThat(answer.getResult().getRange().getKvs(0).getValue().toStringUtf8()).isEqualTo("v");
  }

  @Test
  void queriesOfOneFrameShareOneRound() {
    int before = server.group.rounds.get();
    client.send(get(1, "a"), get(2, "b"), get(3, "c"));
    List.of(1, 2, 3).forEach(id -> client.answer(id));
    assertThat(server.group.rounds.get() - before).isEqualTo(1);
  }

  @Test
  void serializableQueryOfAnIndexAheadIsRefusedAsStale() {
    Request request =
        get(1, "a").toBuilder()
            .setQuery(
                get(1, "a").getQuery().toBuilder().setSerializable(true).setAppliedIndexMin(1_000))
            .build();
    assertFailure(client.ask(request), ErrorCode.STALE_REPLICA);
  }

  @Test
  void badCommandsAreRefusedAndTheStreamLives() {
    ByteString notUtf8 = ByteString.copyFrom(new byte[] {0x52, 0x03, 0x0a, 0x01, (byte) 0xff});
    ByteString huge = ByteString.copyFrom(new byte[Limits.COMMAND_BYTES_MAX + 1]);
    Command newer =
        put("k", "v").toBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build())
            .build();
    assertFailure(client.ask(request(1, notUtf8)), ErrorCode.INVALID_ARGUMENT);
    assertFailure(client.ask(request(2, huge)), ErrorCode.TOO_LARGE);
    assertFailure(client.ask(request(3, newer)), ErrorCode.UNKNOWN_COMMAND);
    assertFailure(
        client.ask(request(4, Command.newBuilder().setGroup(LocalGroup.ID).build())),
        ErrorCode.UNKNOWN_COMMAND);
    assertFailure(
        client.ask(request(5, put("k", "v").toBuilder().setGroup(7).build())),
        ErrorCode.INVALID_ARGUMENT);
    assertFailure(client.ask(get(6, "k").toBuilder().setGroup(7).build()), ErrorCode.UNKNOWN_GROUP);
    assertFailure(
        client.ask(Request.newBuilder().setId(7).setGroup(LocalGroup.ID).build()),
        ErrorCode.UNKNOWN_COMMAND);
    assertFailure(
        client.ask(get(8, "k").toBuilder().setQuery(Query.getDefaultInstance()).build()),
        ErrorCode.UNKNOWN_COMMAND);
    assertThat(client.ask(request(9, put("k", "v"))).hasOutcome()).isTrue();
  }

  @Test
  void commandsOfServersAreRefusedFromClients() {
    Command.Builder base = Command.newBuilder().setGroup(LocalGroup.ID);
    List<Command> internal =
        List.of(
            base.clone().setLeaderStart(LeaderStart.getDefaultInstance()).build(),
            base.clone().setExpire(Expire.getDefaultInstance()).build(),
            base.clone().setHousekeep(Housekeep.getDefaultInstance()).build(),
            base.clone().setMemberPut(MemberPut.getDefaultInstance()).build(),
            base.clone().setMemberRemove(MemberRemove.getDefaultInstance()).build());
    for (int i = 0; i < internal.size(); i++) {
      assertFailure(client.ask(request(i + 1, internal.get(i))), ErrorCode.INVALID_ARGUMENT);
    }
  }

  @Test
  void heartbeatLaneTakesRenewalsOnlyAndHasAShareOfItsOwn() {
    server.group.hold = true;
    try (TestClient other = TestClient.connected(server.port());
        TestClient third = TestClient.connected(server.port());
        TestClient heart = TestClient.connected(server.port(), Lane.HEARTBEAT, true)) {
      for (int i = 1; i <= IN_FLIGHT_MAX; i++) {
        client.send(request(i, put("k" + i, "v")));
        other.send(request(i, put("l" + i, "v")));
      }
      TestClient.await()
          .untilAsserted(
              () ->
                  assertThat(server.metrics.scrape())
                      .contains("cairn_requests_waiting " + (double) ADMISSION_MAX));
      assertFailure(third.ask(request(1, put("m", "v"))), ErrorCode.OVERLOADED);
      assertFailure(heart.ask(request(1, put("m", "v"))), ErrorCode.INVALID_ARGUMENT);
      server.group.hold = false;
      assertThat(heart.ask(request(2, renew())).hasOutcome()).isTrue();
      server.group.releaseHeld();
      for (int i = 1; i <= IN_FLIGHT_MAX; i++) {
        assertThat(client.answer(i).hasOutcome()).isTrue();
        assertThat(other.answer(i).hasOutcome()).isTrue();
      }
      assertThat(third.ask(request(2, put("m", "v"))).hasOutcome()).isTrue();
    }
  }

  @Test
  void requestsOverTheWindowOfAStreamAreRefusedAndNotApplied() {
    server.group.hold = true;
    Request[] requests = new Request[IN_FLIGHT_MAX + 1];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = request(i + 1, put("k" + i, "v"));
    }
    client.send(requests);
    assertFailure(client.answer(requests.length), ErrorCode.OVERLOADED);
    server.group.releaseHeld();
    assertThat(client.answer(1).hasOutcome()).isTrue();
    assertThat(client.ask(get(50, "k" + IN_FLIGHT_MAX)).getResult().getRange().getKvsCount())
        .isZero();
  }

  /** I8: a command whose outcome did not come in time may still have one. */
  @Test
  void deadlineOfAProposedCommandLeavesItsOutcomeUnknown() {
    server.group.hold = true;
    Answer answer = client.ask(request(1, put("k", "v")).toBuilder().setTimeoutMillis(50).build());
    assertFailure(answer, ErrorCode.DEADLINE_EXCEEDED);
    server.group.releaseHeld();
    TestClient.await()
        .untilAsserted(
            () -> assertThat(server.metrics.scrape()).contains("cairn_requests_waiting 0.0"));
    assertThat(client.ask(get(2, "k")).getResult().getRange().getKvsCount()).isEqualTo(1);
  }

  @Test
  void newLeaderIsPushed() {
    LeaderHint other = LocalGroup.LEADER.toBuilder().setNode("n2").setTerm(2).build();
    server.group.tellLeader(other);
    TestClient.await()
        .until(() -> client.frames.stream().anyMatch(frame -> frame.getLeader().equals(other)));
  }

  @Test
  void frameOverTheLimitEndsItsStreamOnly() {
    try (TestClient other = TestClient.connected(server.port())) {
      other.send(request(1, ByteString.copyFrom(new byte[Limits.FRAME_BYTES_MAX + 1])));
      TestClient.await().until(() -> other.error.get() != null);
    }
    assertThat(client.ask(request(1, put("k", "v"))).hasOutcome()).isTrue();
  }

  @Test
  void clientThatStopsSendingGetsItsAnswersBeforeTheEnd() throws Exception {
    server.group.hold = true;
    client.send(request(1, put("k", "v")));
    client.halfClose();
    server.group.releaseHeld();
    assertThat(client.answer(1).hasOutcome()).isTrue();
    assertThat(client.ended.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    assertThat(client.error.get()).isNull();
  }

  @Test
  void stoppingServerAnswersWhatIsOpenAndRefusesWhatIsNew() {
    server.group.hold = true;
    client.send(request(1, put("k", "v")));
    TestClient.await()
        .untilAsserted(
            () -> assertThat(server.metrics.scrape()).contains("cairn_requests_waiting 1.0"));
    server.rpc.refuseNew();
    assertFailure(client.ask(request(2, put("l", "v"))), ErrorCode.SHUTTING_DOWN);
    assertThat(server.rpc.drain(20)).isFalse();
    server.group.releaseHeld();
    assertThat(server.rpc.drain(10_000)).isTrue();
    assertThat(client.answer(1).hasOutcome()).isTrue();
  }

  private ErrorCode codeOfFirstFrame(ClientFrame.Builder frame) throws Exception {
    try (TestClient other = new TestClient(server.port(), true)) {
      other.send(frame.build());
      return ErrorCode.ofNumber(other.failure().getCode());
    }
  }

  private static void assertFailure(Answer answer, ErrorCode code) {
    assertThat(ErrorCode.ofNumber(answer.getFailure().getCode()))
        .as(answer.toString())
        .isEqualTo(code);
  }
}
