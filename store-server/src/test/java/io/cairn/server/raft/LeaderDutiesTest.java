package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Member;
import io.cairn.server.ops.ServerMetrics;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeaderDutiesTest {
  @Test
  void dutiesAreLookedAtAgainAfterAnError() {
    Leadership leadership = new Leadership(System::nanoTime);
    leadership.start(3, 1_000);
    leadership.current().orElseThrow().confirm();
    RaftStoreGroup.Settings settings =
        new RaftStoreGroup.Settings(1, "c1", Member.getDefaultInstance(), List.of(), 1);
    ServerMetrics metrics = new ServerMetrics();
    AtomicInteger looks = new AtomicInteger();
    try (Proposer proposer =
            new Proposer(
                "n1",
                leadership,
                LeaderHint::getDefaultInstance,
                (bytes, term, done) -> {},
                metrics);
        LeaderDuties duties =
            new LeaderDuties(
                settings,
                leadership,
                proposer,
                () -> {
                  looks.incrementAndGet();
                  throw new AssertionError("by test");
                },
                () -> 0,
                member -> false,
                () -> {})) {
      duties.start(new NoVoters());
      await().atMost(RaftCluster.PATIENCE).until(() -> looks.get() > 2);
      assertThat(proposer.queued()).isZero();
    } finally {
      metrics.close();
    }
  }

  @Test
  void membersWithoutARowAreListedAsLongAsTheyVote() {
    List<Member> first = List.of(member("n1", 1), member("n2", 2), member("n3", 3));
    List<RaftPeer> all = first.stream().map(m -> RaftPeer.parse(m.getRaftAddress())).toList();
    assertThat(LeaderDuties.unlisted(first, List.of(), all)).isEqualTo(first);
    assertThat(LeaderDuties.unlisted(first, first.subList(0, 1), all))
        .as("a leader died between the commands")
        .isEqualTo(first.subList(1, 3));
    assertThat(LeaderDuties.unlisted(first, first.subList(0, 2), all.subList(0, 2)))
        .as("the third was removed")
        .isEmpty();
    assertThat(LeaderDuties.unlisted(first, List.of(member("n2", 9)), all))
        .as("a name has another address now")
        .isEqualTo(List.of(first.get(0), first.get(2)));
  }

  private static Member member(String name, int port) {
    return Member.newBuilder().setName(name).setRaftAddress("host:" + port).build();
  }

  private static final class NoVoters implements Voters {
    @Override
    public List<RaftPeer> peers() {
      return List.of();
    }
  }
}
