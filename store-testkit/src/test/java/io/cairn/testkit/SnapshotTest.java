package io.cairn.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.KeyRange;
import io.cairn.client.RangeOp;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codecs;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.server.ops.LogEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  @WithCairn(nodes = 3)
  void aFollowerThatWasAwayInstallsASnapshot(CairnCluster cluster, Cairn cairn) {
    try (EventCapture events = new EventCapture()) {
      cairn.kv().put("before", "1");
      CairnNode away = cluster.followers().get(0);
      fallBehindTheLog(cluster, cairn, away);
      cairn.kv().delete("before");
      cluster.restart(away);
      cluster.awaitApplied();
      events.await(LogEvent.SNAPSHOT_LOADED);
      assertThat(cluster.digests()).hasSize(3);
      // What it has installed is its own now: it comes back with it.
      cluster.kill(away);
      cairn.kv().put("after", "2");
      cluster.restart(away);
      cluster.awaitApplied();
      assertThat(cluster.digests()).hasSize(3);
      assertThat(events.of(LogEvent.SNAPSHOT_LOADED)).hasSize(1);
    }
  }

  @Test
  @WithCairn(nodes = 3)
  void afterARestartOfAllEverythingIsThereAndNoSnapshotIsLoadedThatIsNotNeeded(
      CairnCluster cluster, Cairn cairn) {
    try (EventCapture events = new EventCapture()) {
      fill(cairn, "first", 200);
      TaskName name = TaskName.of("job");
      try (TaskRun<String> run = cairn.task("job", Codecs.string()).acquire()) {
        assertThat(run.stateOr(() -> "begun")).isEqualTo("begun");
        run.append("record".getBytes(UTF_8));
        run.checkpoint("half");
      }
      snapshotAll(cluster, cairn);
      fill(cairn, "second", 200);
      for (boolean crash : new boolean[] {true, false}) {
        cluster.awaitApplied();
        cluster.nodes().forEach(crash ? cluster::kill : cluster::stop);
        cluster.nodes().forEach(cluster::restart);
        cluster.awaitLeader();
        assertThat(count(cairn, "first")).isEqualTo(200);
        assertThat(count(cairn, "second")).isEqualTo(200);
        assertThat(cairn.tasks().get(name).orElseThrow().checkpointSeq()).isEqualTo(1);
        assertThat(cairn.tasks().get(name).orElseThrow().lastLsn()).isEqualTo(1);
        assertThat(cluster.digests()).hasSize(3);
      }
      assertThat(events.of(LogEvent.SNAPSHOT_SAVED)).hasSize(3);
      assertThat(events.of(LogEvent.SNAPSHOT_LOADED)).isEmpty();
      assertThat(cluster.nodes()).allMatch(node -> node.halts().isEmpty());
    }
  }

  /** Kills a follower, and makes the others write and forget more than its log has. */
  static void fallBehindTheLog(CairnCluster cluster, Cairn cairn, CairnNode away) {
    cluster.awaitApplied();
    long seen = away.appliedIndex();
    cluster.kill(away);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              fill(cairn, "while-away", 20);
              snapshotAll(cluster, cairn);
              return cluster.nodes().stream()
                  .filter(CairnNode::isRunning)
                  .allMatch(node -> firstLogIndex(node) > seen + 1);
            });
  }

  private static long firstLogIndex(CairnNode node) {
    return node.status().map(GroupStatus::getFirstLogIndex).orElse(0L);
  }

  private static void snapshotAll(CairnCluster cluster, Cairn cairn) {
    cluster.awaitApplied();
    for (CairnNode node : cluster.nodes()) {
      if (node.isRunning()) {
        assertThat(cairn.admin().snapshot(node.endpoint())).isPositive();
      }
    }
  }

  private static void fill(Cairn cairn, String prefix, int keys) {
    for (int i = 0; i < keys; i++) {
      var unused = cairn.kv().async().put(key(prefix, i), Bytes.utf8("value " + i));
    }
    cairn.kv().put(key(prefix, keys - 1), Bytes.utf8("last"));
    await().atMost(PATIENCE).until(() -> count(cairn, prefix) == keys);
  }

  private static Bytes key(String prefix, int number) {
    return Bytes.utf8("%s/%05d".formatted(prefix, number));
  }

  private static long count(Cairn cairn, String prefix) {
    return cairn.kv().range(RangeOp.of(KeyRange.prefix(prefix + "/")).countOnly()).count();
  }
}
