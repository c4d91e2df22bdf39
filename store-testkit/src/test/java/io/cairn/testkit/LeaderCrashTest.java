package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.protocol.Certainty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LeaderCrashTest {
  private static final int WRITERS = 64;
  private static final int WRITES_EACH = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  @Test
  @WithCairn(nodes = 3)
  void nothingAcknowledgedIsLostOrDoneTwiceWhenTheLeaderDiesUnder64Writers(
      CairnCluster cluster, Cairn cairn) throws Exception {
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        running.add(writers.submit(() -> write(cairn, number)));
      }
      await().atMost(PATIENCE).until(() -> acknowledged.size() > WRITERS * 5);
      CairnNode old = cluster.leader();
      cluster.kill(old);
      int sofar = acknowledged.size();
      assertThat(sofar).as("the leader dies under load").isLessThan(WRITERS * WRITES_EACH);
      cluster.awaitLeaderOtherThan(old);
      await().atMost(PATIENCE).until(() -> acknowledged.size() > sofar + WRITERS);
      cluster.restart(old);
      for (Future<?> one : running) {
        one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      writers.shutdownNow();
    }
    RangeResult found = cairn.kv().range(RangeOp.of(KeyRange.prefix("w/")));
    assertThat(found.more()).isFalse();
    Map<String, KeyValue> byKey =
        found.keyValues().stream()
            .collect(Collectors.toMap(one -> one.key().toUtf8(), Function.identity()));
    assertThat(byKey.keySet()).containsAll(acknowledged);
    assertThat(refused).noneMatch(byKey::containsKey);
    assertThat(byKey.keySet()).allMatch(key -> acknowledged.contains(key) || unknown.contains(key));
    assertThat(byKey.values()).allMatch(one -> one.version() == 1, "is written once");
    // Each put raises the revision by one, so it counts those that were done twice, too.
    assertThat(found.revision()).isEqualTo(1 + byKey.size());
    assertThat(cluster.digests()).hasSize(3);
    assertThat(cluster.nodes()).allMatch(node -> node.halts().isEmpty());
  }

  private void write(Cairn cairn, int writer) {
    for (int number = 0; number < WRITES_EACH; number++) {
      String key = "w/%02d/%04d".formatted(writer, number);
      try {
        cairn.kv().put(key, "value of " + key);
        acknowledged.add(key);
      } catch (CairnException e) {
        (e.certainty() == Certainty.NOT_APPLIED ? refused : unknown).add(key);
      }
    }
  }
}
