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
                () -> {})) {
      duties.start(reignMillis -> List.of());
      await().atMost(RaftCluster.PATIENCE).until(() -> looks.get() > 2);
      assertThat(proposer.queued()).isZero();
    } finally {
      metrics.close();
    }
  }
}
