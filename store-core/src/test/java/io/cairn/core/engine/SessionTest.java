package io.cairn.core.engine;

import static io.cairn.core.engine.EngineHarness.command;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.SnapshotFiles;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CloseSessionRequest;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Housekeep;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobSubmitRequest;
import io.cairn.protocol.v1.LeaderStart;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.TaskGetRequest;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskStartRequest;
import io.cairn.protocol.v1.WorkerRegisterRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I3: a request id changes state at most once. */
class SessionTest {
  @TempDir Path folder;
  private EngineHarness engine;

  @BeforeEach
  void open() {
    engine = new EngineHarness(folder.resolve("db"));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private static Command put(long session, long sequence, long first, String value) {
    return EngineHarness.put("k", value)
        .setSession(session)
        .setSequence(sequence)
        .setFirstUnanswered(first)
        .build();
  }

  @Test
  void resendInTheSameEntryIsAnsweredAndNotRunAgain() {
    long session = engine.session();
    var outcomes = engine.apply(put(session, 1, 1, "a"), put(session, 1, 1, "a"));
    assertThat(outcomes.get(1)).isEqualTo(outcomes.get(0));
    assertThat(outcomes.get(0).getRevision()).isEqualTo(2);
  }

  @Test
  void resendAfterRestartIsAnsweredAsTheFirstWas() {
    long session = engine.session();
    Outcome first = engine.one(put(session, 1, 1, "a"));
    engine.one(EngineHarness.put("k", "from somebody else").build());
    engine.restart();
    assertThat(engine.one(put(session, 1, 1, "a"))).isEqualTo(first);
    assertThat(engine.get("k")).isEqualTo("from somebody else");
  }

  @Test
  void resendAfterASnapshotWasRestoredIsAnsweredAsTheFirstWas() throws IOException {
    long session = engine.session();
    Outcome first = engine.one(put(session, 1, 1, "a"));
    SnapshotFiles.save(engine.storage(), folder.resolve("snapshot"));
    try (EngineHarness other = new EngineHarness(folder.resolve("other"))) {
      SnapshotFiles.restore(other.storage(), folder.resolve("snapshot"));
      other.engine().restored();
      assertThat(other.get("k")).isEqualTo("a");
      assertThat(applyBehind(other, put(session, 1, 1, "a"))).isEqualTo(first);
    }
  }

  private static Outcome applyBehind(EngineHarness harness, Command command) {
    while (harness.index() < harness.storage().appliedIndex()) {
      harness.apply(command); // entries that the snapshot has already are skipped
    }
    return harness.one(command);
  }

  @Test
  void aRefusalIsKeptAndAnsweredAgainAlthoughItWouldNowSucceed() {
    long session = engine.session();
    Command withLease =
        command()
            .setSession(session)
            .setSequence(1)
            .setFirstUnanswered(1)
            .setPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).setLease(77))
            .build();
    Outcome refused = engine.one(withLease);
    assertThat(refused.getError().getCode()).isEqualTo(ErrorCode.LEASE_NOT_FOUND.number());
    engine.one(
        command()
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setId(77).setTtlMillis(10_000))
            .build());
    assertThat(engine.one(withLease)).isEqualTo(refused);
  }

  @Test
  void requestBelowTheLowestUnansweredIsRefusedAndItsOutcomeIsGone() {
    long session = engine.session();
    engine.one(put(session, 1, 1, "a"));
    engine.one(put(session, 2, 2, "b"));
    assertThat(engine.rows(ColumnFamily.SESSION_OUTCOME)).isEqualTo(1);
    Outcome late = engine.one(put(session, 1, 1, "a"));
    assertThat(late.getError().getCode()).isEqualTo(ErrorCode.SEQUENCE_TOO_OLD.number());
    assertThat(late.getError().getExpected()).isEqualTo(2);
    assertThat(engine.get("k")).isEqualTo("b");
  }

  @Test
  void requestBeyondTheWindowIsRefusedAndOneAtItsEdgeIsNot() {
    long session = engine.session();
    Outcome edge = engine.one(put(session, Limits.SESSION_WINDOW_MAX, 1, "a"));
    assertThat(edge.hasError()).isFalse();
    Outcome beyond = engine.one(put(session, Limits.SESSION_WINDOW_MAX + 1L, 1, "b"));
    assertThat(beyond.getError().getCode()).isEqualTo(ErrorCode.WINDOW_EXCEEDED.number());
    assertThat(engine.get("k")).isEqualTo("a");
  }

  @Test
  void nothingRunsInAnExpiredOrUnknownSession() {
    long session = engine.session();
    engine.pass(30_000);
    engine.expireDue();
    Outcome late = engine.one(put(session, 1, 1, "a"));
    assertThat(late.getError().getCode()).isEqualTo(ErrorCode.SESSION_EXPIRED.number());
    Outcome unknown = engine.one(put(4_711, 1, 1, "a"));
    assertThat(unknown.getError().getCode()).isEqualTo(ErrorCode.SESSION_EXPIRED.number());
    assertThat(engine.get("k")).isEmpty();
  }

  @Test
  void anActiveSessionDoesNotExpire() {
    long session = engine.session();
    for (int i = 1; i <= 5; i++) {
      engine.pass(20_000);
      assertThat(engine.one(put(session, i, i, "v" + i)).hasError()).isFalse();
      engine.expireDue();
    }
    assertThat(engine.get("k")).isEqualTo("v5");
  }

  @Test
  void sessionIdsAreNeverGivenOutAgain() {
    long first = engine.session();
    engine.one(
        command()
            .setSession(first)
            .setSequence(1)
            .setFirstUnanswered(1)
            .setCloseSession(CloseSessionRequest.getDefaultInstance())
            .build());
    assertThat(engine.session()).isGreaterThan(first);
    Outcome closed = engine.one(put(first, 2, 1, "a"));
    assertThat(closed.getError().getCode()).isEqualTo(ErrorCode.SESSION_EXPIRED.number());
  }

  @Test
  void anAnswerTooLargeToKeepIsSaidToBeApplied() {
    long session = engine.session();
    String large = "x".repeat(Limits.OUTCOME_KEPT_BYTES_MAX + 1);
    engine.one(put(session, 1, 1, large));
    Command withPrevious =
        command()
            .setSession(session)
            .setSequence(2)
            .setFirstUnanswered(1)
            .setPut(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("k"))
                    .setValue(ByteString.copyFromUtf8("small"))
                    .setPrevKv(true))
            .build();
    assertThat(engine.one(withPrevious).getPut().getPrevKv().getValue().toStringUtf8())
        .isEqualTo(large);
    Outcome again = engine.one(withPrevious);
    assertThat(again.getError().getCode()).isEqualTo(ErrorCode.ANSWER_DROPPED.number());
    assertThat(again.getRevision()).isEqualTo(3);
    assertThat(engine.get("k")).isEqualTo("small");
  }

  @Test
  void aLargeAnswerAboutJobsIsMadeAnewFromItsRows() {
    long session = engine.session();
    String payload = "x".repeat(Limits.OUTCOME_KEPT_BYTES_MAX + 1);
    JobName name = JobName.newBuilder().setNamespace("jobs").setName("j").build();
    JobSpec.Builder spec = JobSpec.newBuilder();
    for (int i = 0; i < Limits.STAGES_MAX; i++) {
      spec.addStages(
          StageSpec.newBuilder()
              .setName("s" + i + "-".repeat(80))
              .setHandler("h")
              .setPartitions(1)
              .addPayloads(ByteString.copyFromUtf8(i == 0 ? payload : "")));
    }
    Command submit =
        numbered(session, 1)
            .setJobSubmit(
                JobSubmitRequest.newBuilder().setName(name).setSubmission("a").setSpec(spec))
            .build();
    Command found = submit.toBuilder().setSession(engine.session()).build();
    List<Outcome> answers = engine.apply(submit, found);
    assertThat(answers)
        .extracting(answer -> answer.getJobSubmit().getCreated())
        .containsExactly(true, false);
    assertThat(engine.one(submit)).isEqualTo(answers.get(0));
    assertThat(engine.one(found)).as("of the same entry").isEqualTo(answers.get(1));
    engine.one(
        command()
            .setWorkerRegister(
                WorkerRegisterRequest.newBuilder()
                    .setId("w")
                    .setLease(engine.lease(60_000))
                    .setCapacity(1)
                    .addHandlers("h"))
            .build());
    TaskName task =
        TaskName.newBuilder().setNamespace("jobs").setName("j/s0" + "-".repeat(80) + "/0").build();
    long epoch =
        engine
            .query(Query.newBuilder().setTaskGet(TaskGetRequest.newBuilder().setName(task)).build())
            .getTaskGet()
            .getEpoch();
    Command start =
        numbered(session, 2)
            .setTaskStart(TaskStartRequest.newBuilder().setName(task).setEpoch(epoch))
            .build();
    Outcome started = engine.one(start);
    assertThat(started.getTaskStart().getPayload().toStringUtf8()).isEqualTo(payload);
    assertThat(engine.one(start)).isEqualTo(started);
  }

  private static Command.Builder numbered(long session, long sequence) {
    return command().setSession(session).setSequence(sequence).setFirstUnanswered(1);
  }

  @Test
  void outcomesOfAnEndedSessionAreCollected() {
    long session = engine.session();
    for (int i = 1; i <= 20; i++) {
      engine.one(put(session, i, 1, "v"));
    }
    engine.pass(30_000);
    engine.expireDue();
    assertThat(engine.rows(ColumnFamily.SESSION_OUTCOME)).isEqualTo(20);
    Outcome step;
    do {
      step = engine.one(command().setHousekeep(Housekeep.newBuilder().setRowsMax(7)).build());
      assertThat(step.getHousekeep().getRows()).isLessThanOrEqualTo(7);
    } while (step.getHousekeep().getMore());
    assertThat(engine.rows(ColumnFamily.SESSION_OUTCOME)).isZero();
    assertThat(engine.rows(ColumnFamily.GARBAGE)).isZero();
  }

  @Test
  void commandsWithoutASessionRunEachTime() {
    engine.one(EngineHarness.put("k", "a").build());
    assertThat(engine.one(EngineHarness.put("k", "a").build()).getRevision()).isEqualTo(3);
  }

  @Test
  void aLeaderStartGivesSessionsTheirWholeTimeAgain() {
    long session = engine.session();
    engine.pass(29_000);
    engine.one(command().setLeaderStart(LeaderStart.newBuilder().setLeader("n2")).build());
    engine.pass(29_000);
    engine.expireDue();
    assertThat(engine.one(put(session, 1, 1, "a")).hasError()).isFalse();
  }
}
