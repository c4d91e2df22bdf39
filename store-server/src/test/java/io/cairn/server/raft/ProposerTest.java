package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import com.google.protobuf.ByteString;
import io.cairn.core.engine.EntryFormat;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.server.group.Proposal;
import io.cairn.server.group.Reply;
import io.cairn.server.ops.ServerMetrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the proposer hands to the log, and what it answers when it cannot (I8). */
class ProposerTest {
  private final ServerMetrics metrics = new ServerMetrics();
  private final AtomicLong nanos = new AtomicLong();
  private final Leadership leadership = new Leadership(nanos::get);
  private final BlockingQueue<Proposed> log = new LinkedBlockingQueue<>();
  private final Proposer proposer =
      new Proposer(
          "n1",
          leadership,
          LeaderHint::getDefaultInstance,
          (bytes, term, done) ->
              log.add(new Proposed(EntryFormat.decode(1, bytes), term, (ProposedBatch) done)),
          metrics);

  private final RecordedHalt halt = new RecordedHalt();

  private record Proposed(Entry entry, long term, ProposedBatch batch) {}

  @AfterEach
  void close() {
    proposer.close();
    metrics.close();
  }

  @Test
  void whatWaitsWhileBatchesAreUnderWayGoesOutTogether() throws InterruptedException {
    leadership.start(3, 1_000);
    proposer.start(halt);
    List<Proposed> underWay = new ArrayList<>();
    for (int i = 0; i < Proposer.BATCHES_IN_FLIGHT_MAX; i++) {
      offer(command("one by one"));
      underWay.add(take()); // each goes alone: nothing else waits
    }
    List<Captured<Outcome>> replies = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      replies.add(offer(command("together")));
    }
    assertThat(log).as("the window is full").isEmpty();
    underWay.get(0).batch().run(new Status(RaftError.EPERM, "makes room"));
    assertThat(take().entry().getCommandsCount()).isEqualTo(Limits.ENTRY_COMMANDS_MAX);
    proposer.close();
    assertThat(replies.subList(Limits.ENTRY_COMMANDS_MAX, replies.size()))
        .allMatch(reply -> reply.code() == ErrorCode.SHUTTING_DOWN);
  }

  @Test
  void commandsThatCameTogetherGoOutTogether() throws InterruptedException {
    leadership.start(3, 1_000);
    proposer.start(halt);
    List<ByteString> commands = List.of(command("a"), command("b"), command("c"));
    proposer.offer(
        commands.stream().map(command -> new Proposal(command, new Captured<>())).toList());
    assertThat(take().entry().getCommandsList()).isEqualTo(commands);
  }

  @Test
  void ofCommandsThatCameTogetherTheOnesWithoutPlaceAreRefused() {
    leadership.start(3, 1_000);
    List<Captured<Outcome>> replies = new ArrayList<>();
    List<Proposal> commands = new ArrayList<>();
    for (int i = 0; i <= Proposer.QUEUE_MAX; i++) {
      replies.add(new Captured<>());
      commands.add(new Proposal(command("a"), replies.get(i)));
    }
    proposer.offer(commands);
    assertThat(proposer.queued()).isEqualTo(Proposer.QUEUE_MAX);
    assertThat(replies.get(Proposer.QUEUE_MAX - 1).isAnswered()).isFalse();
    assertThat(replies.get(Proposer.QUEUE_MAX).code()).isEqualTo(ErrorCode.OVERLOADED);
  }

  @Test
  void theAnswersOfABatchGoOutAfterTheLastOfThem() {
    List<String> calls = new ArrayList<>();
    ProposedBatch batch = new ProposedBatch(List.of(noting(calls), noting(calls)), () -> {});
    batch.applied(Collections.nCopies(2, Outcome.getDefaultInstance()));
    assertThat(calls).containsExactly("gathered", "gathered");
    batch.flush();
    assertThat(calls).containsExactly("gathered", "gathered", "flush", "flush");
  }

  private static Reply<Outcome> noting(List<String> calls) {
    return new Reply<>() {
      @Override
      public void done(Outcome outcome) {
        calls.add("done");
      }

      @Override
      public void gathered(Outcome outcome) {
        calls.add("gathered");
      }

      @Override
      public void flush() {
        calls.add("flush");
      }

      @Override
      public void failed(Failure failure) {
        calls.add("failed");
      }
    };
  }

  @Test
  void anEntryLeavesHalfToTheNextWhileHardlyAnythingIsUnderWay() throws InterruptedException {
    leadership.start(3, 1_000);
    for (int i = 0; i < 4 * Proposer.SHARE_MIN; i++) {
      offer(command("a"));
    }
    proposer.start(halt);
    assertThat(take().entry().getCommandsCount()).isEqualTo(2 * Proposer.SHARE_MIN);
    assertThat(take().entry().getCommandsCount()).isEqualTo(Proposer.SHARE_MIN);
    assertThat(take().entry().getCommandsCount()).isEqualTo(Proposer.SHARE_MIN);
  }

  @Test
  void anEntryIsSmallerThanItCouldBeWhileHardlyAnythingIsUnderWay() throws InterruptedException {
    leadership.start(3, 1_000);
    ByteString large = command("x".repeat(Proposer.SHARE_BYTES / 3));
    for (int i = 0; i < 9; i++) {
      offer(large);
    }
    proposer.start(halt);
    assertThat(take().entry().getCommandsCount()).isEqualTo(2);
    assertThat(take().entry().getCommandsCount()).isEqualTo(2);
    assertThat(take().entry().getCommandsCount()).as("all that waits").isEqualTo(5);
  }

  @Test
  void aBatchHoldsAtMostItsCountAndBytes() throws InterruptedException {
    leadership.start(3, 1_000);
    proposer.start(halt);
    for (int i = 0; i < Proposer.BATCHES_IN_FLIGHT_MAX - 3; i++) {
      offer(command("under way"));
      take();
    }
    List<Proposal> commands = new ArrayList<>();
    for (int i = 0; i < Limits.ENTRY_COMMANDS_MAX + 1; i++) {
      commands.add(new Proposal(command("small"), new Captured<>()));
    }
    ByteString large = command("x".repeat(Limits.ENTRY_BYTES / 2));
    commands.add(new Proposal(large, new Captured<>()));
    commands.add(new Proposal(large, new Captured<>()));
    proposer.offer(commands);
    assertThat(take().entry().getCommandsCount()).isEqualTo(Limits.ENTRY_COMMANDS_MAX);
    assertThat(take().entry().getCommandsList()).containsExactly(command("small"), large);
    assertThat(take().entry().getCommandsList()).containsExactly(large);
  }

  @Test
  void stampsWithLogTimeAndTermOfItsReign() throws InterruptedException {
    leadership.start(7, 5_000);
    proposer.start(halt);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
    offer(command("a"));
    Proposed proposed = take();
    assertThat(proposed.term()).isEqualTo(7);
    assertThat(proposed.entry().getLeaderTimeMillis()).isEqualTo(5_250);
    leadership.start(7, 9_000); // told again in the same term: nothing changes
    offer(command("b"));
    assertThat(take().entry().getLeaderTimeMillis()).isEqualTo(5_250);
  }

  @Test
  void withoutLeadershipNothingIsProposedAndItSaysSo() {
    proposer.start(halt);
    assertThat(offer(command("a")).code()).isEqualTo(ErrorCode.NO_LEADER);
    assertThat(log).isEmpty();
  }

  @Test
  void leadershipLostWhileWaitingIsNotApplied() {
    leadership.start(3, 1_000);
    Captured<Outcome> reply = offer(command("a"));
    leadership.stop();
    proposer.start(halt);
    assertThat(reply.code().certainty()).isEqualTo(Certainty.NOT_APPLIED);
    assertThat(log).isEmpty();
  }

  @Test
  void everyStatusAfterAProposalButBusyMeansUnknown() throws InterruptedException {
    leadership.start(3, 1_000);
    proposer.start(halt);
    for (RaftError error : RaftError.values()) {
      if (error == RaftError.SUCCESS || error == RaftError.UNKNOWN) {
        continue;
      }
      Captured<Outcome> reply = offer(command("a"));
      take().batch().run(new Status(error, "by test"));
      Certainty expected =
          error == RaftError.EBUSY ? Certainty.NOT_APPLIED : Certainty.OUTCOME_UNKNOWN;
      assertThat(reply.code().certainty()).as(error.name()).isEqualTo(expected);
    }
  }

  @Test
  void whatTheProposingThreadDoesNotSurviveHalts() {
    leadership.start(3, 1_000);
    try (Proposer failing =
        new Proposer(
            "n1",
            leadership,
            LeaderHint::getDefaultInstance,
            (bytes, term, done) -> {
              throw new AssertionError("by test");
            },
            metrics)) {
      failing.start(halt);
      failing.offer(List.of(new Proposal(command("a"), new Captured<>())));
      await().atMost(RaftCluster.PATIENCE).until(() -> !halt.reasons().isEmpty());
      assertThat(halt.reasons()).containsExactly("the proposing thread failed");
    }
  }

  @Test
  void aBatchAnswersOnceWhateverComesAfter() throws InterruptedException {
    leadership.start(3, 1_000);
    proposer.start(halt);
    Captured<Outcome> reply = offer(command("a"));
    ProposedBatch batch = take().batch();
    batch.applied(Collections.singletonList(Outcome.newBuilder().setRevision(9).build()));
    batch.run(new Status(RaftError.EPERM, "late"));
    assertThat(reply.value().getRevision()).isEqualTo(9);
  }

  @Test
  void aLogThatIsShutDownLeavesTheOutcomeUnknownOnce() {
    leadership.start(3, 1_000);
    Closure[] kept = new Closure[1];
    try (Proposer stopping =
        new Proposer(
            "n1",
            leadership,
            LeaderHint::getDefaultInstance,
            (bytes, term, done) -> {
              kept[0] = done;
              throw new IllegalStateException("Node is shutting down");
            },
            metrics)) {
      stopping.start(halt);
      Captured<Outcome> reply = new Captured<>();
      stopping.offer(List.of(new Proposal(command("a"), reply)));
      assertThat(reply.code()).isEqualTo(ErrorCode.LOST_TRACK);
      kept[0].run(new Status(RaftError.ENODESHUTDOWN, "late"));
    }
  }

  private Captured<Outcome> offer(ByteString command) {
    Captured<Outcome> reply = new Captured<>();
    proposer.offer(List.of(new Proposal(command, reply)));
    return reply;
  }

  private Proposed take() throws InterruptedException {
    Proposed proposed = log.poll(20, TimeUnit.SECONDS);
    if (proposed == null) {
      throw new AssertionError("nothing was proposed");
    }
    return proposed;
  }

  private static ByteString command(String text) {
    return Command.newBuilder()
        .setGroup(1)
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .setValue(ByteString.copyFromUtf8(text)))
        .build()
        .toByteString();
  }
}
