package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Admin;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.client.KeyValue;
import io.cairn.protocol.ErrorCode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CairnClusterTest {
  @Test
  void oneNodeServes() {
    try (CairnCluster cluster = CairnCluster.start(1)) {
      Cairn cairn = cluster.connect();
      cairn.kv().put("a", "1");
      assertThat(value(cairn, "a")).isEqualTo("1");
      assertThat(cluster.followers()).isEmpty();
      assertThat(cluster.digests()).hasSize(1);
    }
  }

  @Test
  void threeNodesServeWhileTheLeaderIsKilledAndComesBack() {
    try (CairnCluster cluster = CairnCluster.start(3)) {
      Cairn cairn = cluster.connect();
      cairn.kv().put("a", "1");
      CairnNode old = cluster.leader();
      assertThat(cluster.followers()).hasSize(2).doesNotContain(old);
      cluster.kill(old);
      assertThat(old.isRunning()).isFalse();
      assertThat(old.role()).isEqualTo("STOPPED");
      cairn.kv().put("b", "2");
      assertThat(cluster.awaitLeaderOtherThan(old)).isNotEqualTo(old);
      cluster.restart(old);
      cluster.awaitApplied();
      assertThat(value(cairn, "a")).isEqualTo("1");
      assertThat(value(cairn, "b")).isEqualTo("2");
      assertThat(cluster.digests()).hasSize(3);
    }
  }

  @Test
  void aMemberWhoseServerDoesNotRunIsNotAdded() {
    try (CairnCluster cluster = CairnCluster.start(1)) {
      Cairn cairn = cluster.connect();
      // The leader writes the first members' rows when it begins.
      List<Admin.Member> before = await().until(cairn.admin()::members, rows -> !rows.isEmpty());
      Admin.Member absent = new Admin.Member("absent", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3");
      assertThatThrownBy(() -> cairn.admin().addMember(absent))
          .isInstanceOfSatisfying(
              CairnException.class,
              refused -> assertThat(refused.code()).isEqualTo(ErrorCode.WRONG_STATE))
          .hasMessageContaining("absent")
          .hasMessageContaining("127.0.0.1:1");
      assertThat(cairn.admin().members()).isEqualTo(before);
    }
  }

  @Test
  void whatIsLeftOfAnAdditionWhenTheLeadIsLostGoesWithTheNext() {
    try (CairnCluster cluster = CairnCluster.start(3)) {
      Cairn cairn = cluster.connect();
      List<Admin.Member> before = await().until(cairn.admin()::members, rows -> rows.size() == 3);
      Admin.Member absent = new Admin.Member("absent", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3");
      CompletableFuture<Object> added =
          CompletableFuture.supplyAsync(() -> cairn.admin().addMember(absent));
      await().until(() -> cairn.admin().members().contains(absent));
      cairn.admin().transferLeader("");
      assertThat(added)
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableThat()
          .havingRootCause()
          .isInstanceOfSatisfying(
              CairnException.class,
              lost -> assertThat(lost.code()).isEqualTo(ErrorCode.LOST_TRACK));
      assertThat(cairn.admin().members()).contains(absent); // nobody may take it back
      assertThatThrownBy(() -> cairn.admin().addMember(absent))
          .isInstanceOfSatisfying(
              CairnException.class,
              refused -> assertThat(refused.code()).isEqualTo(ErrorCode.WRONG_STATE));
      assertThat(cairn.admin().members()).isEqualTo(before);
    }
  }

  @Test
  void aStoppedLeaderHandsOver() {
    try (CairnCluster cluster = CairnCluster.start(3)) {
      Cairn cairn = cluster.connect();
      cairn.kv().put("a", "1");
      CairnNode old = cluster.leader();
      cluster.stop(old);
      assertThat(cluster.leader()).isNotEqualTo(old);
      assertThat(value(cairn, "a")).isEqualTo("1");
    }
  }

  @Test
  void aPausedNodeDoesNotAnswerAndGoesOnWhenResumed() {
    try (CairnCluster cluster = CairnCluster.start(1)) {
      Cairn cairn = cluster.connect();
      cairn.kv().put("a", "1");
      try (Cairn hasty = cluster.clientBuilder().requestTimeout(Duration.ofMillis(300)).build()) {
        cluster.pause(cluster.node(1));
        assertThatThrownBy(() -> hasty.kv().get("a")).isInstanceOf(CairnException.class);
        cluster.resume(cluster.node(1));
        assertThat(value(cairn, "a")).isEqualTo("1");
      }
    }
  }

  @Test
  void aPausedLeaderIsReplacedAndFollowsWhenResumed() {
    try (CairnCluster cluster = CairnCluster.start(3)) {
      Cairn cairn = cluster.connect();
      cairn.kv().put("a", "1");
      CairnNode old = cluster.leader();
      cluster.pause(old);
      cluster.awaitLeaderOtherThan(old);
      cairn.kv().put("a", "2");
      cluster.resume(old);
      cluster.awaitApplied();
      assertThat(value(cairn, "a")).isEqualTo("2");
      assertThat(cluster.digests()).hasSize(3);
    }
  }

  @Test
  void closingLeavesNoThreadPortOrFolder() throws Exception {
    assertThat(useAndClose()).doesNotExist(); // from now on there is what is made once per process
    Set<Thread> before = threads();
    assertThat(useAndClose()).doesNotExist();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(threads())
                    .filteredOn(thread -> !before.contains(thread))
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("cairn") || name.startsWith("raft"))
                    .allMatch(CairnClusterTest::isOncePerProcess));
  }

  /** Threads of pools that are bounded and stay as long as the process. */
  private static boolean isOncePerProcess(String name) {
    return Stream.of(
            "JRaft-Group-Default-Executor",
            "JRaft-Rpc-Closure-Executor",
            "Append-Entries-Thread-Send",
            "Bolt-default-executor",
            "read-index.timeout.scanner",
            "Bolt-conn-event-executor", // one idle per node and process life, Bolt cannot end it
            "bolt-netty-client-worker",
            "Rpc-netty-server-worker",
            "globalEventExecutor",
            "grpc-shared-destroyer",
            "grpc-default-executor",
            "grpc-nio-worker",
            "CompletableFutureDelayScheduler", // the JDK's
            "awaitility",
            "surefire")
        .anyMatch(name::startsWith);
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  @Test
  void aNodeOfAnotherClusterIsRefused() {
    try (CairnCluster one = CairnCluster.made(CairnCluster.builder().nodes(1));
        CairnCluster other = CairnCluster.made(CairnCluster.builder().nodes(1))) {
      assertThatThrownBy(() -> one.kill(other.node(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("node1 is a node of another cluster");
      assertThatThrownBy(() -> one.node(2)).hasMessageContaining("node 2 of 1");
    }
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThatThrownBy(() -> CairnCluster.builder().nodes(2)).hasMessageContaining("not 2");
    assertThatThrownBy(() -> CairnCluster.builder().setting("colour", "red"))
        .hasMessageContaining("no setting is called colour");
    assertThatThrownBy(() -> CairnCluster.builder().setting("data-dir", "/"))
        .hasMessageContaining("the test cluster itself sets data-dir");
  }

  private static Path useAndClose() throws Exception {
    Path folder;
    CairnNode node;
    try (CairnCluster cluster = CairnCluster.start(3)) {
      folder = cluster.folder();
      node = cluster.leader();
      cluster.connect().kv().put("a", "1");
      assertThat(folder).exists();
    }
    for (String address : Set.of(node.endpoint(), node.httpEndpoint(), node.raftAddress())) {
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }
    return folder;
  }

  private static String value(Cairn cairn, String key) {
    return cairn.kv().get(key).map(KeyValue::value).orElseThrow().toUtf8();
  }
}
