package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.TimerTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ElectionPaceTest {
  private static final RaftPeer A = new RaftPeer("10.0.0.1", 7421);
  private static final RaftPeer B = new RaftPeer("10.0.0.2", 7421);
  private static final RaftPeer C = new RaftPeer("10.0.0.3", 7421);

  private final ManualTimer time = new ManualTimer();

  /** A node that looks, when its election timer runs, whether JRaft would elect. */
  private final class Node implements ElectionPace.Group {
    private final ElectionOptions options = new ElectionOptions();
    private final ElectionTimer timer = new ElectionTimer(time, stopped -> {});
    private final List<Long> runsAt = new ArrayList<>();
    private final ElectionPace pace;
    private Optional<RaftPeer> followed = Optional.of(A);
    private List<RaftPeer> peers = List.of(C, B, A);
    private Timeout timeout;

    Node(RaftPeer self) {
      options.setElectionTimeoutMs(600);
      pace = new ElectionPace("group", self, this, options, timer);
      timeout = usual();
    }

    private Timeout usual() {
      TimerTask run =
          unused -> {
            runsAt.add(time.nowMillis());
            timeout = usual();
          };
      return timer.newTimeout(run, 700, TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<RaftPeer> followed() {
      return followed;
    }

    @Override
    public List<RaftPeer> peers() {
      return peers;
    }

    void assertUsual() {
      assertThat(options.isShortened()).isFalse();
      assertThat(options.getElectionTimeoutMs()).isEqualTo(600);
    }
  }

  @Test
  void votersThatAreLeftActInTurn() {
    Node first = new Node(B);
    Node second = new Node(C);
    first.pace.leaderEnded(A);
    second.pace.leaderEnded(A);
    time.pass(750);
    assertThat(first.runsAt).containsExactly(150L, 450L, 750L);
    assertThat(second.runsAt).containsExactly(300L, 600L);
    assertThat(first.pace.hastes()).isEqualTo(1);
  }

  @Test
  void theTurnIsCountedWithoutTheLeaderThatEnded() {
    Node first = new Node(A);
    Node second = new Node(C);
    first.followed = Optional.of(B);
    second.followed = Optional.of(B);
    first.pace.leaderEnded(B);
    second.pace.leaderEnded(B);
    time.pass(300);
    assertThat(first.runsAt).containsExactly(150L);
    assertThat(second.runsAt).containsExactly(300L);
  }

  @Test
  void theTimeoutIsShortMeanwhileAndOnlyWhatAFollowerWaitsFor() {
    Node node = new Node(B);
    int leaseMillis = node.options.getLeaderLeaseTimeoutMs();
    node.pace.leaderEnded(A);
    assertThat(node.options.getElectionTimeoutMs()).isEqualTo(150);
    assertThat(node.options.getLeaderLeaseTimeoutMs()).isEqualTo(leaseMillis);
  }

  @Test
  void theUsualTimesHoldAgainWhenNobodyWins() {
    Node node = new Node(B);
    node.pace.leaderEnded(A);
    time.pass(1_649);
    assertThat(node.options.isShortened()).isTrue();
    time.pass(1);
    node.assertUsual();
    time.pass(1_400);
    assertThat(node.runsAt).containsExactly(150L, 450L, 750L, 1050L, 1350L, 1650L, 2350L, 3050L);
  }

  @Test
  void theUsualTimesHoldAgainWhenAnotherLeadsOrThisOneStands() {
    Node node = new Node(B);
    node.pace.leaderEnded(A);
    node.timeout.cancel(); // as JRaft does on a vote, a new term, a new leader, a candidacy
    node.assertUsual();
  }

  @Test
  void theUsualTimesHoldAgainWhenTheNodeEnds() {
    Node node = new Node(B);
    node.pace.leaderEnded(A);
    node.timer.stop();
    node.assertUsual();
    node.pace.leaderEnded(A);
    node.assertUsual();
  }

  @Test
  void aLeaderThatIsNoLongerFollowedDoesNotMatter() {
    Node node = new Node(B);
    node.followed = Optional.of(C);
    node.pace.leaderEnded(A);
    node.assertUsual();
    node.followed = Optional.empty();
    node.pace.leaderEnded(A);
    node.assertUsual();
    assertThat(node.pace.hastes()).isZero();
  }

  @Test
  void whoHasNoVoteWaitsAsUsual() {
    Node node = new Node(B);
    node.peers = List.of(A, C);
    node.pace.leaderEnded(A);
    node.pace.leaderEnded(A);
    node.assertUsual();
    node.peers = List.of();
    node.pace.leaderEnded(A);
    node.assertUsual();
    assertThat(node.pace.hastes()).isZero();
  }

  @Test
  void ofManyVotersEachHasATurn() {
    Node last = new Node(new RaftPeer("10.0.0.7", 7421));
    last.peers =
        List.of(1, 2, 3, 4, 5, 6, 7).stream()
            .map(number -> new RaftPeer("10.0.0." + number, 7421))
            .toList();
    last.pace.leaderEnded(A);
    assertThat(last.options.isShortened()).isTrue();
    time.pass(900);
    assertThat(last.runsAt).containsExactly(900L);
    time.pass(2_000);
    last.assertUsual();
  }
}
