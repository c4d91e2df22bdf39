package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.RangeOp;
import io.cairn.client.ReadMode;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class IsolationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** I6, for reads: no answer that another acknowledged write has overtaken. */
  @Test
  @WithCairn(nodes = 3)
  void anIsolatedLeaderAnswersNoStaleLinearizableRead(CairnCluster cluster, Cairn cairn) {
    cairn.kv().put("k", "old");
    CairnNode old = cluster.leader();
    try (RawClient atOld = new RawClient(old)) {
      assertThat(value(atOld.query(RawClient.get("k")))).isEqualTo("old");
      cluster.isolate(old);
      // From here on the old leader cannot know that it still leads. Reads that come while it
      // takes itself for the leader are the dangerous ones.
      List<CompletableFuture<Answer>> reads = new ArrayList<>();
      await()
          .pollInterval(Duration.ofMillis(10))
          .atMost(PATIENCE)
          .until(
              () -> {
                reads.add(atOld.queryAsync(RawClient.get("k"), 3_000));
                return cluster.nodes().stream().anyMatch(node -> node != old && node.isLeader());
              });
      cairn.kv().put("k", "new");
      for (int i = 0; i < 20; i++) {
        reads.add(atOld.queryAsync(RawClient.get("k"), 1_000));
      }
      for (CompletableFuture<Answer> read : reads) {
        Answer answer = read.join();
        assertThat(answer.hasFailure()).as("answer %s", answer).isTrue();
      }

      Answer write = atOld.propose(RawClient.put("k", "lost"));
      assertThat(write.hasFailure()).isTrue();

      Answer behind = atOld.query(RawClient.get("k").setSerializable(true));
      assertThat(value(behind)).isEqualTo("old");
      assertThat(behind.getResult().getAppliedIndex()).isEqualTo(old.appliedIndex());
      assertThat(behind.getResult().getAppliedIndex()).isLessThan(cluster.leader().appliedIndex());

      Query.Builder fresh = RawClient.get("k").setSerializable(true).setStalenessMillisMax(100);
      Answer refusal = atOld.query(fresh);
      assertThat(RawClient.code(refusal)).isEqualTo(ErrorCode.STALE_REPLICA);
      assertThat(ErrorCode.STALE_REPLICA.certainty()).isEqualTo(Certainty.NOT_APPLIED);

      cluster.heal();
      cluster.awaitApplied();
      await().atMost(PATIENCE).until(() -> value(atOld.query(RawClient.get("k"))).equals("new"));
      assertThat(value(atOld.query(fresh))).isEqualTo("new");
    }
    assertThat(cluster.digests()).hasSize(3);
  }

  @Test
  @WithCairn(nodes = 3)
  void clientsOfAnIsolatedLeaderFindTheOther(CairnCluster cluster) {
    CairnNode old = cluster.leader();
    try (Cairn knowsOnlyOld = Cairn.connect(old.endpoint())) {
      knowsOnlyOld.kv().put("k", "1");
      cluster.isolate(old);
      knowsOnlyOld.kv().put("k", "2");
      assertThat(knowsOnlyOld.kv().get("k").map(KeyValue::value).orElseThrow().toUtf8())
          .isEqualTo("2");
      assertThat(knowsOnlyOld.kv().get("k").orElseThrow().version()).isEqualTo(2);
      assertThat(cluster.leader()).isNotEqualTo(old);
      cluster.heal();
      cluster.awaitApplied();
      assertThat(cluster.digests()).hasSize(3);
    }
  }

  @Test
  @WithCairn(nodes = 3)
  void aFollowerAnswersLinearizableReadsAndAnotherMemberDoesWhenItIsCutOff(
      CairnCluster cluster, Cairn cairn) {
    CairnNode leader = cluster.leader();
    CairnNode follower =
        cluster.nodes().stream().filter(node -> node != leader).findFirst().orElseThrow();
    try (Cairn near = Cairn.connect(follower.endpoint())) {
      for (int i = 0; i < 50; i++) {
        cairn.kv().put("k", "" + i);
        assertThat(nearby(near)).isEqualTo("" + i);
      }
      cluster.isolate(follower);
      cairn.kv().put("k", "behind its back");
      assertThat(nearby(near)).isEqualTo("behind its back");
    }
  }

  private static String nearby(Cairn cairn) {
    RangeOp key = RangeOp.of(KeyRange.key(Bytes.utf8("k")));
    return cairn
        .kv()
        .range(key, ReadMode.linearizableFromAnyMember())
        .first()
        .orElseThrow()
        .value()
        .toUtf8();
  }

  private static String value(Answer answer) {
    if (!answer.hasResult() || answer.getResult().hasError()) {
      return "no answer: " + answer.getFailure().getMessage();
    }
    return answer.getResult().getRange().getKvs(0).getValue().toStringUtf8();
  }
}
