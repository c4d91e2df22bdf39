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

  private boolean reached = true;
  private boolean leads = true;
  private Runnable whileReaching = () -> {};

  private final CatchUp catchUp =
      new CatchUp(
          peer -> {
            whileReaching.run();
            return reached;
          },
          peer -> {
            asked.add(peer);
            return answers.remove();
          },
          (task, millis) -> waiting.add(task),
          () -> nowNanos);

  @Test
  void aVoterThatWasSilentForOneElectionTimeoutIsAskedAgain() {
    CompletableFuture<Void> second = new CompletableFuture<>();
    answers.add(refused(RaftError.ECATCHUP));
    answers.add(second);
    CompletableFuture<Void> added = begin();
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
    CompletableFuture<Void> added = begin();
    nowNanos += TimeUnit.MILLISECONDS.toNanos(CatchUp.PATIENCE_MILLIS);
    waiting.remove().run();
    assertThat(isLate(added)).isTrue();
    assertThat(asked).hasSize(2);
    assertThat(waiting).isEmpty();
  }

  @Test
  void whileItTakesNoConnectionsRaftIsNotAsked() {
    reached = false;
    answers.add(CompletableFuture.completedFuture(null));
    CompletableFuture<Void> added = begin();
    waiting.remove().run();
    assertThat(added).isNotDone();
    assertThat(asked).isEmpty();
    reached = true;
    waiting.remove().run();
    assertThat(added).isCompleted();
    assertThat(asked).hasSize(1);
  }

  @Test
  void whoLeadsNoLongerDoesNotAskAgain() {
    answers.add(refused(RaftError.ECATCHUP));
    CompletableFuture<Void> added = begin();
    leads = false;
    waiting.remove().run();
    assertThat(codeOf(added)).isEqualTo("EPERM"); // not as one that nobody has added
    assertThat(asked).hasSize(1);
  }

  @Test
  void whoLosesTheLeadWhileItConnectsDoesNotAsk() {
    whileReaching = () -> leads = false;
    assertThat(codeOf(begin())).isEqualTo("EPERM");
    assertThat(asked).isEmpty();
  }

  /** The caller's thread applies; an attempt blocks. */
  @Test
  void evenATimerThatIsFasterThanItsCallerMakesTheAttempt() {
    List<Thread> attempts = new ArrayList<>();
    CompletableFuture<Void> never = new CompletableFuture<>();
    CatchUp fast =
        new CatchUp(
            peer -> attempts.add(Thread.currentThread()),
            peer -> never,
            (task, millis) -> {
              Thread timer = new Thread(task, "timer");
              timer.start();
              join(timer);
            },
            () -> nowNanos);
    assertThat(fast.add(PEER, () -> true)).isNotDone();
    assertThat(attempts).singleElement().extracting(Thread::getName).isEqualTo("timer");
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anAttemptThatWouldTakeTooLongIsNotBegun() {
    for (int i = 0; i < 3; i++) {
      answers.add(refused(RaftError.ECATCHUP));
    }
    whileReaching = () -> nowNanos += TimeUnit.MILLISECONDS.toNanos(1_600);
    CompletableFuture<Void> added = begin();
    waiting.remove().run();
    assertThat(isLate(added)).isTrue(); // a third might end after 5 s
    assertThat(asked).hasSize(2);
  }

  @Test
  void whoHandsOverMeanwhileHasNotAddedIt() {
    answers.add(refused(RaftError.ECATCHUP));
    answers.add(refused(RaftError.EBUSY));
    CompletableFuture<Void> added = begin();
    waiting.remove().run();
    assertThat(codeOf(added)).isEqualTo("EPERM");
    answers.add(refused(RaftError.EBUSY));
    assertThat(codeOf(begin())).isEqualTo("EPERM");
  }

  @Test
  void anotherFailureIsTheAnswer() {
    answers.add(refused(RaftError.EPERM));
    CompletableFuture<Void> added = begin();
    assertThat(added).isCompletedExceptionally();
    assertThat(isLate(added)).isFalse();
    assertThat(asked).hasSize(1);
    assertThat(waiting).isEmpty();
  }

  private CompletableFuture<Void> begin() {
    CompletableFuture<Void> added = catchUp.add(PEER, () -> leads);
    waiting.remove().run();
    return added;
  }

  private static String codeOf(CompletableFuture<Void> added) {
    return added
        .handle((done, failure) -> ((RaftRefusedException) Failures.causeOf(failure)).code())
        .join();
  }

  private static boolean isLate(CompletableFuture<Void> added) {
    return added.handle((done, failure) -> CatchUp.isLate(failure)).join();
  }

  private static CompletableFuture<Void> refused(RaftError error) {
    return CompletableFuture.failedFuture(
        new RaftRefusedException("addition", new Status(error, "no")));
  }
}
