package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CatchUpTest {
  private static final RaftPeer PEER = new RaftPeer("127.0.0.1", 7421);

  private final Deque<CompletableFuture<Void>> answers = new ArrayDeque<>();
  private final List<RaftPeer> asked = new ArrayList<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private long nowNanos = -7;

  private final CatchUp catchUp =
      new CatchUp(
          peer -> {
            asked.add(peer);
            return answers.remove();
          },
          (task, millis) -> {
            assertThat(millis).isEqualTo(CatchUp.PAUSE_MILLIS);
            waiting.add(task);
          },
          () -> nowNanos);

  @Test
  void aVoterThatWasSilentForOneElectionTimeoutIsAskedAgain() {
    CompletableFuture<Void> second = new CompletableFuture<>();
    answers.add(refused(RaftError.ECATCHUP));
    answers.add(second);
    CompletableFuture<Void> added = catchUp.add(PEER);
    assertThat(asked).hasSize(1); // only after a pause
    waiting.remove().run();
    assertThat(asked).containsExactly(PEER, PEER);
    assertThat(added).isNotDone();
    second.complete(null);
    assertThat(added).isCompleted();
    assertThat(waiting).isEmpty();
  }

  @Test
  void oneThatStaysSilentIsGivenUp() {
    answers.add(refused(RaftError.ECATCHUP));
    answers.add(refused(RaftError.ECATCHUP));
    CompletableFuture<Void> added = catchUp.add(PEER);
    nowNanos += TimeUnit.MILLISECONDS.toNanos(CatchUp.PATIENCE_MILLIS);
    waiting.remove().run();
    assertThat(added).isCompletedExceptionally();
    assertThat(added.handle((done, failure) -> CatchUp.isLate(failure)).join()).isTrue();
    assertThat(waiting).isEmpty();
  }

  @Test
  void anotherFailureIsTheAnswer() {
    answers.add(refused(RaftError.EPERM));
    CompletableFuture<Void> added = catchUp.add(PEER);
    assertThat(added.handle((done, failure) -> CatchUp.isLate(failure)).join()).isFalse();
    assertThat(asked).hasSize(1);
    assertThat(waiting).isEmpty();
  }

  private static CompletableFuture<Void> refused(RaftError error) {
    return CompletableFuture.failedFuture(
        new RaftRefusedException("addition", new Status(error, "no")));
  }
}
