package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.entity.NodeId;
import io.cairn.server.raft.RaftCluster.Member;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ElectionsTest {
  // Long enough that followers hear the end of the connection before they miss the leader.
  private static final RaftGroupConfig.Timings SLOW = new RaftGroupConfig.Timings(2_000, 3_600);

  @TempDir Path folder;

  @Test
  void followersFindOutThatTheLeaderHasEndedAndElect() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3, SLOW)) {
      cluster.replicate(1, 10);
      Member old = cluster.leader();
      List<Member> left = cluster.others(old);
      left.forEach(member -> assertThat(hastes(member)).isZero());
      cluster.crash(old);
      await()
          .atMost(RaftCluster.PATIENCE)
          .until(() -> left.stream().anyMatch(member -> hastes(member) > 0));
      cluster.replicate(11, 20);
      assertThat(cluster.leader()).isIn(left);
      left.forEach(ElectionsTest::awaitUsual);
    }
  }

  @Test
  void oneFollowerThatBelievesSoWronglyChangesNothing() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3, SLOW)) {
      cluster.replicate(1, 10);
      Member leader = cluster.leader();
      long term = leader.group().term();
      Member wrong = cluster.others(leader).get(0);
      for (int i = 0; i < 3; i++) {
        wrong.group().elections().pace().leaderEnded(leader.peer());
        awaitUsual(wrong);
        cluster.replicate(11 + 10L * i, 20 + 10L * i);
      }
      assertThat(hastes(wrong)).isPositive();
      assertThat(cluster.leader()).isEqualTo(leader);
      assertThat(leader.group().term()).isEqualTo(term);
    }
  }

  @Test
  void theLeadIsHandedToOneThatIsThere() throws Exception {
    for (int gone = 0; gone < 2; gone++) {
      try (RaftCluster cluster = RaftCluster.formed(folder.resolve("cluster" + gone), 3)) {
        cluster.replicate(1, 10);
        Member leader = cluster.leader();
        List<Member> others = cluster.others(leader);
        cluster.crash(others.get(gone));
        Member there = others.get(1 - gone);
        // Until the leader has missed the other one, it may offer the lead to it, and takes it
        // back.
        await()
            .atMost(RaftCluster.PATIENCE)
            .ignoreException(RaftRefusedException.class) // it is being handed over already
            .until(
                () -> {
                  if (cluster.leader().equals(leader)) {
                    leader.group().transferLeadershipToAny();
                  }
                  return cluster.leader().equals(there);
                });
        cluster.replicate(11, 20);
      }
    }
  }

  @Test
  void aNodeThatEndsLeavesNoTimerBehind() throws Exception {
    RaftPeer peer;
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      peer = cluster.leader().peer();
      assertThat(ElectionTimerFactory.timerOf(node(peer))).isPresent();
    }
    await()
        .atMost(RaftCluster.PATIENCE)
        .until(() -> ElectionTimerFactory.timerOf(node(peer)).isEmpty());
  }

  private static NodeId node(RaftPeer peer) {
    return new NodeId("test-main", peer.toPeerId());
  }

  private static long hastes(Member member) {
    return member.group().elections().pace().hastes();
  }

  private static void awaitUsual(Member member) {
    await().atMost(RaftCluster.PATIENCE).until(() -> !member.group().elections().pace().isHasty());
  }
}
