package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaderProbeTest {
  private static final RaftPeer LEADER = new RaftPeer("10.0.0.1", 7421);

  private final ManualTimer time = new ManualTimer();
  private final List<Long> askedAt = new ArrayList<>();
  private final List<RaftPeer> ended = new ArrayList<>();
  private Optional<RaftPeer> followed = Optional.of(LEADER);
  private boolean refuses;
  private final LeaderProbe probe =
      new LeaderProbe(
          () -> followed,
          peer -> {
            askedAt.add(time.nowMillis());
            return refuses;
          },
          ended::add,
          (millis, task) -> {
            var unused = time.newTimeout(due -> task.run(), millis, TimeUnit.MILLISECONDS);
          });

  @Test
  void aRefusalIsEvidence() {
    refuses = true;
    probe.connectionEnded();
    time.pass(1_000);
    assertThat(ended).containsExactly(LEADER);
    assertThat(askedAt).containsExactly(0L);
  }

  @Test
  void oneThatTakesTheConnectionIsAskedAFewTimes() {
    probe.connectionEnded();
    time.pass(1_000);
    assertThat(askedAt).containsExactly(0L, 30L, 100L);
    assertThat(ended).isEmpty();
  }

  @Test
  void socketsAreClosedOneAfterAnother() {
    probe.connectionEnded();
    time.pass(20);
    refuses = true;
    time.pass(20);
    assertThat(ended).containsExactly(LEADER);
  }

  @Test
  void strangersThatComeAndGoMakeFewQuestionsAndHideNothing() {
    for (int i = 0; i < 1_000; i++) {
      probe.connectionEnded();
      time.pass(1);
    }
    assertThat(askedAt).hasSizeLessThanOrEqualTo(12);
    probe.connectionEnded();
    refuses = true;
    time.pass(LeaderProbe.REST_MILLIS + 100);
    assertThat(ended).isNotEmpty();
  }

  @Test
  void nobodyIsAskedWithoutALeaderToFollow() {
    followed = Optional.empty();
    refuses = true;
    probe.connectionEnded();
    time.pass(1_000);
    assertThat(askedAt).isEmpty();
    assertThat(ended).isEmpty();
    followed = Optional.of(LEADER);
    probe.connectionEnded();
    time.pass(1);
    assertThat(ended).containsExactly(LEADER);
  }

  @Test
  void aFailureDoesNotEndTheQuestions() {
    List<String> calls = new ArrayList<>();
    LeaderProbe failing =
        new LeaderProbe(
            () -> {
              calls.add("asked");
              throw new IllegalStateException("for the test");
            },
            peer -> true,
            ended::add,
            (millis, task) -> {
              var unused = time.newTimeout(due -> task.run(), millis, TimeUnit.MILLISECONDS);
            });
    failing.connectionEnded();
    time.pass(1_000);
    failing.connectionEnded();
    time.pass(1_000);
    assertThat(calls).hasSize(2);
  }

  @Test
  void aPortWhereNobodyListensRefuses() throws IOException {
    assertThat(LeaderProbe.refusesConnections(RaftCluster.freePeer())).isTrue();
  }

  @Test
  void aPortThatAcceptsDoesNot() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(LeaderProbe.refusesConnections(at(server))).isFalse();
    }
  }

  /** As of a process that is frozen: the kernel takes what its queue has room for, then nothing. */
  @Test
  void aPortThatDoesNotAnswerDoesNot() throws IOException {
    List<SocketChannel> waiting = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 8; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        waiting.add(channel);
        channel.connect(server.getLocalSocketAddress());
      }
      assertThat(LeaderProbe.refusesConnections(at(server))).isFalse();
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void anAddressThatCannotBeReachedDoesNot() {
    assertThat(LeaderProbe.refusesConnections(new RaftPeer("240.0.0.1", 7421))).isFalse();
    assertThat(LeaderProbe.refusesConnections(new RaftPeer("nobody.invalid", 7421))).isFalse();
  }

  private static RaftPeer at(ServerSocket server) {
    return new RaftPeer("127.0.0.1", server.getLocalPort());
  }
}
