package io.cairn.testkit;

import static io.cairn.testkit.RawClient.bytes;
import static io.cairn.testkit.RawClient.code;
import static io.cairn.testkit.RawClient.command;
import static io.cairn.testkit.RawClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.cairn.client.Cairn;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.RecordWrite;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithCairn(nodes = 1)
class BadRequestTest {
  private static final TaskName JOB =
      TaskName.newBuilder().setNamespace("default").setName("job").build();

  private RawClient client;
  private long revision;

  @BeforeEach
  void connect(CairnCluster cluster) {
    client = new RawClient(cluster.node(1));
    revision = outcome(client.propose(RawClient.put("first", "1"))).getRevision();
  }

  /** Whatever was sent: it changed nothing, and the server serves on. */
  @AfterEach
  void nothingHasChangedAndTheServerServes(CairnCluster cluster) {
    client.close();
    try (RawClient next = new RawClient(cluster.node(1))) {
      assertThat(outcome(next.propose(RawClient.put("last", "1"))).getRevision())
          .isEqualTo(revision + 1);
    }
    assertThat(cluster.node(1).halts()).isEmpty();
  }

  @Test
  void oversizeKeysValuesAndNamesAreRefused() {
    String text = "x".repeat(Limits.KEY_BYTES_MAX + 1);
    refused(client.propose(RawClient.put(text, "1")), ErrorCode.TOO_LARGE);
    ByteString value = ByteString.copyFrom(new byte[Limits.VALUE_BYTES_MAX + 1]);
    PutRequest large = PutRequest.newBuilder().setKey(bytes("k")).setValue(value).build();
    refused(client.propose(command().setPut(large).build()), ErrorCode.TOO_LARGE);
    ByteString huge = ByteString.copyFrom(new byte[Limits.COMMAND_BYTES_MAX]);
    PutRequest larger = PutRequest.newBuilder().setKey(bytes("k")).setValue(huge).build();
    refused(client.propose(command().setPut(larger).build()), ErrorCode.TOO_LARGE);
    refused(
        client.propose(create("x".repeat(Limits.TASK_NAME_BYTES_MAX + 1))), ErrorCode.TOO_LARGE);
    refused(client.propose(create("")), ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  void anOversizeFrameEndsItsStreamOnlyAndTheClientIsToldWhy(CairnCluster cluster) {
    try (RawClient other = new RawClient(cluster.node(1))) {
      assertThat(other.query(RawClient.get("first")).hasResult()).isTrue();
      assertThat(endAfterAnOversizeFrame(other)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(client.query(RawClient.get("first")).hasResult()).isTrue();
  }

  /** The welcome may wait for the network then, and the reset that follows drops both. */
  @Test
  void anOversizeFrameRightBehindTheHelloEndsItsStreamOnly(CairnCluster cluster) {
    try (RawClient other = new RawClient(cluster.node(1))) {
      assertThat(endAfterAnOversizeFrame(other))
          .isIn(
              Status.Code.INVALID_ARGUMENT, Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    }
    assertThat(client.query(RawClient.get("first")).hasResult()).isTrue();
  }

  private static Status.Code endAfterAnOversizeFrame(RawClient sender) {
    ByteString frame = ByteString.copyFrom(new byte[Limits.FRAME_BYTES_MAX + 1]);
    CompletableFuture<Answer> answer =
        sender
            .sendAll(List.of(Request.newBuilder().setGroup(RawClient.GROUP).setCommand(frame)))
            .get(0);
    assertThat(answer).failsWithin(Duration.ofSeconds(30));
    return Status.fromThrowable(sender.awaitEnd()).getCode();
  }

  @Test
  void unknownGroupsAndWhatIsNoCommandAreRefused() {
    Command elsewhere = RawClient.put("k", "1").toBuilder().setGroup(7).build();
    Answer unknown =
        client.ask(Request.newBuilder().setGroup(7).setCommand(elsewhere.toByteString()));
    refused(unknown, ErrorCode.UNKNOWN_GROUP);
    assertThat(unknown.getFailure().getActual()).isEqualTo(7);
    refused(client.propose(elsewhere), ErrorCode.INVALID_ARGUMENT);
    refused(
        client.propose(ByteString.copyFrom(new byte[] {-1, -1, -1})), ErrorCode.INVALID_ARGUMENT);
    refused(client.propose(command().build()), ErrorCode.UNKNOWN_COMMAND);
    // A command of a newer version: with field 106, which this one does not know.
    ByteString newer = command().build().toByteString().concat(ByteString.fromHex("d20600"));
    refused(client.propose(newer), ErrorCode.UNKNOWN_COMMAND);
    refused(client.ask(Request.newBuilder().setGroup(RawClient.GROUP)), ErrorCode.UNKNOWN_COMMAND);
  }

  @Test
  void aTaskNameThatIsNotUtf8IsRefused() {
    byte[] encoded = create("abcdefgh").toByteArray();
    for (int i = 0; i < encoded.length; i++) {
      if (encoded[i] == 'd') {
        encoded[i] = (byte) 0xff;
      }
    }
    Answer answer = client.propose(ByteString.copyFrom(encoded));
    refused(answer, ErrorCode.INVALID_ARGUMENT);
    assertThat(answer.getFailure().getMessage()).contains("not UTF-8");
  }

  @Test
  void aCheckpointWithAGapAndRecordsWithAWrongLsnAreRefusedWithTheNumbers() {
    long lease =
        outcome(
                client.propose(
                    command()
                        .setLeaseGrant(LeaseGrantRequest.newBuilder().setTtlMillis(60_000))
                        .build()))
            .getLeaseGrant()
            .getId();
    long epoch =
        outcome(
                client.propose(
                    command()
                        .setTaskAcquire(
                            TaskAcquireRequest.newBuilder()
                                .setName(JOB)
                                .setLease(lease)
                                .setOwner("test")
                                .setCreate(true))
                        .build()))
            .getTaskAcquire()
            .getTask()
            .getEpoch();
    Answer gap = client.propose(saving(save(epoch).setCheckpoint(checkpoint(3))));
    refused(gap, ErrorCode.SEQ_GAP);
    assertThat(gap.getOutcome().getError().getExpected()).isZero();
    assertThat(gap.getOutcome().getError().getActual()).isEqualTo(3);
    Answer wrongLsn = client.propose(saving(save(epoch).setFirstLsn(5).addRecords(record("r"))));
    refused(wrongLsn, ErrorCode.LSN_GAP);
    assertThat(wrongLsn.getOutcome().getError().getExpected()).isEqualTo(1);
    assertThat(wrongLsn.getOutcome().getError().getActual()).isEqualTo(5);
    outcome(
        client.propose(
            saving(
                save(epoch).setFirstLsn(1).addRecords(record("r")).setCheckpoint(checkpoint(0)))));
    Answer other = client.propose(saving(save(epoch).setFirstLsn(1).addRecords(record("other"))));
    refused(other, ErrorCode.LSN_CONFLICT);
    Answer never = client.propose(saving(save(epoch + 100).setFirstLsn(2).addRecords(record("r"))));
    refused(never, ErrorCode.EPOCH_UNKNOWN);
  }

  @Test
  @WithCairn(nodes = 1, settings = "admission-requests-max=16")
  void moreRequestsThanAreAdmittedAreOverloadedAndNotApplied(CairnCluster own, Cairn cairn) {
    List<Request.Builder> requests = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      requests.add(
          Request.newBuilder()
              .setGroup(RawClient.GROUP)
              .setCommand(RawClient.put("k" + i, "1").toByteString()));
    }
    int refusals = 0;
    try (RawClient eager = new RawClient(own.node(1))) {
      List<CompletableFuture<Answer>> answers = eager.sendAll(requests);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> answers.stream().allMatch(a -> a.isDone()));
      for (int i = 0; i < answers.size(); i++) {
        Answer answer = answers.get(i).join();
        boolean done = answer.hasOutcome();
        if (!done) {
          refused(answer, ErrorCode.OVERLOADED);
          refusals++;
        }
        assertThat(cairn.kv().get("k" + i).isPresent()).isEqualTo(done);
      }
    }
    assertThat(refusals).isBetween(1, 1_000 - 16);
    revision = cairn.kv().put("after", "1").revision();
  }

  private static void refused(Answer answer, ErrorCode code) {
    assertThat(code(answer)).as("%s", answer).isEqualTo(code);
    assertThat(code.certainty()).isEqualTo(Certainty.NOT_APPLIED);
  }

  private static Command create(String name) {
    TaskName task = JOB.toBuilder().setName(name).build();
    return command().setTaskCreate(TaskCreateRequest.newBuilder().setName(task)).build();
  }

  private static RecordWrite record(String text) {
    return RecordWrite.newBuilder().setPayload(bytes(text)).build();
  }

  private static CheckpointWrite checkpoint(long seq) {
    return CheckpointWrite.newBuilder().setSeq(seq).setTrigger("test").build();
  }

  private static Command saving(TaskSaveRequest.Builder save) {
    return command().setTaskSave(save).build();
  }

  private static TaskSaveRequest.Builder save(long epoch) {
    return TaskSaveRequest.newBuilder().setName(JOB).setEpoch(epoch);
  }
}
