package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.PutResult;
import io.cairn.client.RangeOp;
import io.cairn.client.WatchCursor;
import io.cairn.client.WatchEvent;
import io.cairn.client.WatchOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CHANGES = 600;
  private static final int KEYS = 50;

  @Test
  @WithCairn(nodes = 3)
  void aWatchMissesAndDoublesNothingWhenTheLeaderIsKilled(CairnCluster cluster, Cairn cairn)
      throws Exception {
    List<WatchEvent> events = new ArrayList<>();
    try (Cairn watcher = cluster.clientBuilder().build();
        WatchCursor cursor = watcher.kv().watch(WatchOp.of(KeyRange.prefix("k/")))) {
      cursor.awaitStart(PATIENCE);
      List<CompletableFuture<PutResult>> puts = new ArrayList<>();
      for (int i = 0; i < CHANGES; i++) {
        puts.add(cairn.kv().async().put(Bytes.utf8("k/" + i % KEYS), Bytes.utf8("value " + i)));
        if (i == CHANGES / 3) {
          puts.get(i / 2).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          cluster.kill(cluster.leader());
        }
      }
      for (CompletableFuture<PutResult> put : puts) {
        put.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      while (events.size() < CHANGES) {
        events.add(cursor.next(PATIENCE).orElseThrow());
      }
      assertThat(cursor.next(Duration.ofMillis(200))).isEmpty();
    }
    // Each change is a revision of its own, and nothing else changes keys here.
    for (int i = 0; i < CHANGES; i++) {
      assertThat(events.get(i).revision()).isEqualTo(2 + i);
    }
    Map<Bytes, KeyValue> last = new HashMap<>();
    events.forEach(event -> last.put(event.keyValue().key(), event.keyValue()));
    List<KeyValue> present = cairn.kv().range(RangeOp.of(KeyRange.prefix("k/"))).keyValues();
    assertThat(present).hasSize(KEYS).containsExactlyInAnyOrderElementsOf(last.values());
  }
}
