package io.cairn.client.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.OutcomeUnknownException;
import io.cairn.client.PutResult;
import io.cairn.client.internal.FakeNode.Fate;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** I3 and I8 on the client's side: at most once, and never a guess about what was not answered. */
class ExactlyOnceTest {
  private FakeCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void putIsAppliedOnceWhenItsAnswerIsLost() {
    first(Fate.APPLY_AND_DROP);
    cluster.client().kv().put("a", "1");
    assertThat(cluster.store.puts()).containsExactly("a");
  }

  @Test
  void putThatNeverArrivedIsSentAgain() {
    first(Fate.DROP);
    cluster.client().kv().put("a", "1");
    assertThat(cluster.store.puts()).containsExactly("a");
  }

  @Test
  void putWithALostOutcomeIsSentAgainUnderTheSameId() {
    first(Fate.LOST_TRACK);
    cluster.client().kv().put("a", "1");
    List<Command> sent =
        cluster.leader().requests.stream()
            .filter(FakeCluster::isPut)
            .map(FakeCluster::command)
            .toList();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0).getSequence()).isEqualTo(sent.get(1).getSequence());
  }

  @Test
  void overloadedServerIsAskedAgain() {
    first(Fate.OVERLOADED);
    cluster.client().kv().put("a", "1");
    assertThat(cluster.store.puts()).containsExactly("a");
  }

  @Test
  void clientFollowsTheLeaderNamedInARefusal() {
    for (FakeNode node : cluster.nodes) {
      node.leader(cluster.nodes.get(0).address, 1);
    }
    ConnectedCairn client = cluster.client();
    client.kv().put("a", "1");
    FakeNode next = cluster.nodes.get(2);
    cluster.nodes.forEach(node -> node.leader(next.address, 2));
    cluster.leader().script(request -> Fate.NOT_LEADER);
    client.kv().put("b", "2");
    assertThat(next.requests.stream().filter(FakeCluster::isPut)).hasSize(1);
    assertThat(cluster.store.puts()).containsExactly("a", "b");
  }

  @Test
  void requestThatWasNeverSentIsUnavailableAndNotApplied() {
    cluster.nodes.forEach(FakeNode::close);
    ConnectedCairn client = quick();
    assertThatThrownBy(() -> client.kv().put("a", "1"))
        .isInstanceOfSatisfying(
            CairnException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            });
  }

  @Test
  void requestThatWaitsForItsSessionTellsWhoSpokeAndNotWhoIsDead() {
    cluster.nodes.subList(1, 3).forEach(FakeNode::close);
    cluster.nodes.get(0).script(request -> Fate.NOT_LEADER);
    ConnectedCairn client = quick();
    assertThatThrownBy(() -> client.kv().put("a", "1"))
        .isInstanceOfSatisfying(
            CairnException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER);
              assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            });
  }

  @Test
  void requestThatWasSentAndNotAnsweredHasAnUnknownOutcome() {
    cluster.nodes.forEach(
        node ->
            node.script(request -> FakeCluster.isPut(request) ? Fate.APPLY_SILENTLY : Fate.ANSWER));
    ConnectedCairn client = quick();
    assertThatThrownBy(() -> client.kv().put("a", "1"))
        .isInstanceOfSatisfying(
            OutcomeUnknownException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
  }

  @Test
  void readThatIsNotAnsweredChangedNothing() {
    cluster.nodes.forEach(node -> node.script(request -> Fate.IGNORE));
    ConnectedCairn client = quick();
    assertThatThrownBy(() -> client.kv().get("a"))
        .isInstanceOfSatisfying(
            CairnException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
  }

  @Test
  void firstAttemptInAnExpiredSessionGoesOnInANewOne() {
    ConnectedCairn client = cluster.client();
    client.kv().put("a", "1");
    cluster.store.expireSessions();
    client.kv().put("b", "2");
    assertThat(cluster.store.puts()).containsExactly("a", "b");
  }

  @Test
  void secondAttemptInAnExpiredSessionHasAnUnknownOutcome() {
    ConnectedCairn client = cluster.client();
    client.kv().put("a", "1");
    AtomicInteger seen = new AtomicInteger();
    for (FakeNode node : cluster.nodes) {
      node.script(
          request -> {
            if (FakeCluster.isPut(request) && seen.incrementAndGet() == 1) {
              return Fate.APPLY_AND_DROP;
            }
            cluster.store.expireSessions();
            return Fate.ANSWER;
          });
    }
    assertThatThrownBy(() -> client.kv().put("b", "2"))
        .isInstanceOfSatisfying(
            OutcomeUnknownException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SESSION_EXPIRED));
    assertThat(cluster.store.puts()).containsExactly("a", "b");
  }

  @Test
  void sessionNeverHasMoreUnansweredThanItsWindow() {
    AtomicInteger puts = new AtomicInteger();
    cluster
        .leader()
        .script(
            request ->
                FakeCluster.isPut(request) && puts.incrementAndGet() == 1
                    ? Fate.IGNORE
                    : Fate.ANSWER);
    ConnectedCairn client = cluster.client();
    List<CompletableFuture<PutResult>> futures = new ArrayList<>();
    for (int i = 0; i < Limits.SESSION_WINDOW_MAX + 500; i++) {
      futures.add(client.kv().async().put(Bytes.utf8("k" + i), Bytes.empty()));
    }
    await().atMost(20, SECONDS).until(() -> futures.get(1023).isDone());
    assertThat(futures.get(0)).isNotDone();
    assertThat(futures.get(Limits.SESSION_WINDOW_MAX)).isNotDone();
    for (Command command : cluster.leader().requests.stream().map(FakeCluster::command).toList()) {
      assertThat(command.getSequence() - command.getFirstUnanswered())
          .isLessThan(Limits.SESSION_WINDOW_MAX);
    }
    cluster.leader().drop();
    CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0])).join();
    assertThat(cluster.store.puts()).doesNotHaveDuplicates().hasSize(1524);
  }

  @Test
  void requestsShareFrames() {
    ConnectedCairn client = cluster.client();
    client.kv().put("warm", "up");
    int before = cluster.leader().frames.get();
    List<CompletableFuture<PutResult>> futures = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      futures.add(client.kv().async().put(Bytes.utf8("k" + i), Bytes.empty()));
    }
    CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0])).join();
    assertThat(cluster.leader().frames.get() - before).isLessThan(500);
  }

  @Test
  void lostClusterIsNotStormed() {
    ConnectedCairn client = cluster.client(s -> s.requestTimeout(Duration.ofSeconds(2)));
    client.kv().put("a", "1");
    cluster.nodes.forEach(FakeNode::close);
    cluster.leader().drop();
    int before = cluster.channelsOpened.get();
    assertThatThrownBy(() -> client.kv().put("b", "2")).isInstanceOf(CairnException.class);
    assertThat(cluster.channelsOpened.get() - before).isLessThan(60);
  }

  @Test
  void oversizedValueIsRefusedBeforeAnythingIsSent() {
    ConnectedCairn client = cluster.client();
    byte[] large = new byte[Limits.VALUE_BYTES_MAX + 1];
    assertThatThrownBy(() -> client.kv().put(Bytes.utf8("a"), Bytes.of(large)))
        .isInstanceOfSatisfying(
            CairnException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    assertThat(cluster.channelsOpened.get()).isZero();
  }

  @Test
  void closeEndsWhatWaitsAndLeavesNoThread() {
    cluster.nodes.forEach(
        node -> node.script(request -> FakeCluster.isPut(request) ? Fate.IGNORE : Fate.ANSWER));
    ConnectedCairn client = cluster.client(s -> s.clientName("closing"));
    CompletableFuture<PutResult> put = client.kv().async().put(Bytes.utf8("a"), Bytes.empty());
    await().atMost(10, SECONDS).until(() -> cluster.leader().requests.size() > 1);
    client.close();
    assertThat(put).isCompletedExceptionally();
    assertThatThrownBy(() -> client.kv().put("b", "2"))
        .isInstanceOfSatisfying(
            CairnException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    await()
        .atMost(5, SECONDS)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().contains("closing")));
  }

  @Test
  void blockingCallInAContinuationIsRefusedRatherThanStuck() {
    ConnectedCairn client = cluster.client();
    client.kv().put("warm", "up");
    cluster.leader().script(request -> Fate.IGNORE);
    CompletableFuture<Object> chained =
        client
            .kv()
            .async()
            .put(Bytes.utf8("a"), Bytes.empty())
            .thenApply(done -> client.kv().put("b", "2"));
    cluster.leader().script(request -> Fate.ANSWER);
    await()
        .atMost(10, SECONDS)
        .until(
            () -> {
              cluster.leader().drop();
              return chained.isDone();
            });
    assertThatThrownBy(chained::join).hasCauseInstanceOf(IllegalStateException.class);
  }

  private ConnectedCairn quick() {
    return cluster.client(settings -> settings.requestTimeout(Duration.ofMillis(400)));
  }

  /** The first put on any node meets this. */
  private void first(Fate fate) {
    AtomicInteger puts = new AtomicInteger();
    for (FakeNode node : cluster.nodes) {
      node.script(
          request ->
              FakeCluster.isPut(request) && puts.incrementAndGet() == 1 ? fate : Fate.ANSWER);
    }
  }
}
