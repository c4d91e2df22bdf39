package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Admin;
import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.StandingResponse;
import io.cairn.server.MemberAddress;
import io.cairn.server.Setting;
import io.cairn.server.StartRefusedException;
import io.cairn.server.formation.MemberQuestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** I9: a disk that is new, or has lost entries, neither votes nor acknowledges. */
@Execution(ExecutionMode.CONCURRENT)
class DiskLossTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  @WithCairn(nodes = 3)
  void anEmptyFolderUnderAKnownNameWaitsAndCountsForNoMajority(CairnCluster cluster, Cairn cairn) {
    cairn.kv().put("k", "1");
    // Asked once: when the leader changes between two questions, both may name the same node.
    List<CairnNode> followers = cluster.followers();
    CairnNode lost = followers.get(0);
    CairnNode healthy = followers.get(1);
    cluster.kill(lost);
    cluster.wipe(lost);
    cluster.restart(lost);
    assertThat(lost.role()).isEqualTo("WAITING");

    cluster.kill(healthy);
    assertThat(cluster.nodes().stream().filter(CairnNode::isRunning)).hasSize(2).contains(lost);
    // One healthy voter and one that has forgotten: two of three run, and none may count the other.
    try (Cairn hasty = cluster.clientBuilder().requestTimeout(Duration.ofSeconds(2)).build()) {
      assertThatThrownBy(() -> hasty.kv().put("k", "lost")).isInstanceOf(CairnException.class);
      assertThatThrownBy(() -> hasty.kv().get("k")).isInstanceOf(CairnException.class);
    }
    assertThat(lost.isLeader()).isFalse();
    assertThat(lost.role()).isEqualTo("WAITING");
    assertThat(lost.appliedIndex()).isZero();

    cluster.restart(healthy);
    cairn.kv().put("k", "2");
    assertThat(cairn.kv().get("k").orElseThrow().value()).isEqualTo(Bytes.utf8("2"));
    assertThat(lost.role()).isEqualTo("WAITING");
    assertThat(lost.appliedIndex()).isZero();
    assertThat(cluster.digests()).hasSize(2);
  }

  @Test
  @WithCairn(nodes = 3)
  void anEmptiedFolderDoesNotFormAgainWhatItsNodeTookPartIn(CairnCluster cluster, Cairn cairn) {
    cairn.kv().put("k", "1");
    CairnNode lost = cluster.followers().get(0);
    CairnNode leader = cluster.leader();
    await().atMost(PATIENCE).until(() -> joined(leader, lost));
    cluster.kill(lost);
    cluster.wipe(lost);
    assertThatThrownBy(() -> lost.start(true))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining(lost.name() + " at " + lost.raftAddress() + " has taken part in it");
    assertThat(lost.isRunning()).isFalse();
    cluster.restart(lost);
    assertThat(lost.role()).isEqualTo("WAITING");
  }

  @Test
  @WithCairn(nodes = 3)
  void aGroupWhoseFolderIsLostDoesNotFormAgainThoughItsFormationIsNoted(
      CairnCluster cluster, Cairn cairn) throws IOException {
    cairn.kv().put("k", "1");
    CairnNode lost = cluster.followers().get(0);
    CairnNode leader = cluster.leader();
    await().atMost(PATIENCE).until(() -> joined(leader, lost));
    cluster.kill(lost);
    remove(lost.folder().resolve("group-1"));
    assertThatThrownBy(() -> lost.start(true))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining(lost.name() + " at " + lost.raftAddress() + " has taken part in it");
  }

  @Test
  @WithCairn(nodes = 3)
  void anEmptiedFolderThatFormedWhileNobodyCouldBeAskedEndsWhenALeaderSaysThatItHasAPast(
      CairnCluster cluster, Cairn cairn) {
    cairn.kv().put("k", "1");
    List<CairnNode> healthy = new ArrayList<>(cluster.nodes());
    CairnNode lost = cluster.followers().get(0);
    CairnNode leader = cluster.leader();
    await().atMost(PATIENCE).until(() -> joined(leader, lost));
    healthy.remove(lost);
    cluster.nodes().forEach(cluster::kill);
    cluster.wipe(lost);
    lost.start(true);
    healthy.forEach(cluster::restart);
    cairn.kv().put("k", "2");
    awaitRefusal(lost);
    cluster.kill(healthy.get(0));
    try (Cairn hasty = cluster.clientBuilder().requestTimeout(Duration.ofSeconds(2)).build()) {
      assertThatThrownBy(() -> hasty.kv().put("k", "lost")).isInstanceOf(CairnException.class);
      assertThatThrownBy(() -> hasty.kv().get("k")).isInstanceOf(CairnException.class);
    }
  }

  private static void awaitRefusal(CairnNode lost) {
    await().atMost(PATIENCE).until(() -> !lost.isRunning());
    assertThat(lost.halts())
        .singleElement()
        .asString()
        .contains(lost.name() + " at " + lost.raftAddress() + " has taken part in it");
  }

  @Test
  void anEmptiedFolderElectsNobodyWithOneThatHasNeverStored() {
    try (CairnCluster cluster = CairnCluster.made(CairnCluster.builder())) {
      List<CairnNode> two = List.of(cluster.node(1), cluster.node(2));
      two.forEach(node -> node.start(true));
      CairnNode leader = cluster.awaitLeader();
      CairnNode lost = two.get(0).equals(leader) ? two.get(1) : two.get(0);
      try (Cairn cairn = cluster.connect()) {
        cairn.kv().put("k", "1");
      }
      await().atMost(PATIENCE).until(() -> two.stream().allMatch(node -> joined(leader, node)));
      two.forEach(node -> node.stop(true)); // without a leader it knows what is in its database
      cluster.wipe(lost);
      lost.start(true); // nobody can be asked
      cluster.restart(leader);
      awaitRefusal(lost); // nobody leads, but this one knows
      cluster.node(3).start(true);
      await()
          .during(Duration.ofSeconds(4))
          .atMost(PATIENCE)
          .until(() -> cluster.node(3).appliedIndex() == 0 && !cluster.node(3).isLeader());
    }
  }

  @Test
  @WithCairn(nodes = 3)
  void aMemberThatWasRemovedIsAddedAgainOnAnEmptyFolder(CairnCluster cluster, Cairn cairn) {
    cairn.kv().put("k", "1");
    CairnNode again = cluster.followers().get(0);
    cluster.awaitApplied();
    cairn.admin().removeMember(again.name());
    cluster.kill(again);
    cluster.wipe(again);
    again.start(false);
    cairn.admin().addMember(memberOf(again));
    cluster.awaitApplied();
    assertThat(cluster.digests()).hasSize(3);
    cairn.kv().put("k", "2");
    assertThat(cairn.admin().members()).hasSize(3);
  }

  @Test
  @WithCairn(nodes = 3)
  void theLeaderSaysWhoHasAPast(CairnCluster cluster, Cairn cairn) {
    cairn.kv().put("k", "1");
    CairnNode follower = cluster.followers().get(0);
    CairnNode leader = cluster.leader();
    await().atMost(PATIENCE).until(() -> joined(leader, follower));
    String formation = leader.status().orElseThrow().getFormation();
    StandingResponse known =
        MemberQuestion.standingOf(follower.address(), follower.address(), "test", formation)
            .orElseThrow();
    assertThat(known.getVoter()).isTrue();
    assertThat(known.getJoinedList()).extracting(Member::getName).containsExactly(follower.name());
    MemberAddress stranger = new MemberAddress("node9", "127.0.0.1", 1, 2, 3);
    StandingResponse none =
        MemberQuestion.standingOf(stranger, follower.address(), "test", formation).orElseThrow();
    assertThat(none.getVoter()).isFalse();
    assertThat(none.getJoinedList()).isEmpty();
    assertThat(MemberQuestion.standingOf(stranger, follower.address(), "test", "another"))
        .isEmpty();
  }

  @Test
  @WithCairn(nodes = 3)
  void aMemberThatWasAddedAndLosesItsDiskWaitsToo(
      CairnCluster cluster, Cairn cairn, @TempDir Path folder) throws IOException {
    cairn.kv().put("k", "1");
    try (PortBlock ports = PortBlock.take()) {
      CairnNode added = newcomer(cluster, ports, folder.resolve("node4"));
      try {
        added.start(false);
        cairn.admin().addMember(memberOf(added));
        await().atMost(PATIENCE).until(() -> added.role().equals("FOLLOWER"));
        cairn.kv().put("k", "2");
        await()
            .atMost(PATIENCE)
            .until(() -> added.appliedIndex() >= cluster.leader().appliedIndex());

        added.stop(false);
        remove(added.folder());
        added.start(false);
        cairn.kv().put("k", "3");
        // Its leader has the log from its beginning, in which it is added once more.
        await()
            .during(Duration.ofSeconds(6))
            .atMost(PATIENCE)
            .until(() -> added.role() + " " + added.appliedIndex(), "WAITING 0"::equals);
        assertThat(cairn.kv().get("k").orElseThrow().value()).isEqualTo(Bytes.utf8("3"));
      } finally {
        added.stop(false);
      }
    }
  }

  private static CairnNode newcomer(CairnCluster cluster, PortBlock ports, Path folder) {
    MemberAddress address =
        new MemberAddress("node4", "127.0.0.1", ports.port(0), ports.port(1), ports.port(2));
    Map<Setting, String> settings =
        Map.of(
            Setting.CLUSTER,
            "test",
            Setting.NODE,
            address.name(),
            Setting.MEMBERS,
            cluster.node(1).address() + "," + address,
            Setting.DATA_DIR,
            folder.toString());
    return new CairnNode(address, folder, settings, new Links());
  }

  private static Admin.Member memberOf(CairnNode node) {
    MemberAddress address = node.address();
    return new Admin.Member(
        address.name(), address.raftAddress(), address.clientAddress(), address.httpAddress());
  }

  @Test
  void theLastOfThreeFormsLateIfItHasNeverBeenThere() {
    try (CairnCluster cluster = CairnCluster.made(CairnCluster.builder())) {
      CairnNode late = cluster.node(3);
      cluster.node(1).start(true);
      cluster.node(2).start(true);
      CairnNode leader = cluster.awaitLeader();
      await()
          .atMost(PATIENCE)
          .until(() -> joined(leader, cluster.node(1)) && joined(leader, cluster.node(2)));
      assertThat(joined(leader, late)).isFalse();
      late.start(true);
      cluster.awaitApplied();
      await().atMost(PATIENCE).until(() -> joined(leader, late));
    }
  }

  private static boolean joined(CairnNode asked, CairnNode of) {
    return asked.status().stream()
        .flatMap(status -> status.getMembersList().stream())
        .anyMatch(row -> row.getName().equals(of.name()) && row.getJoined());
  }

  @Test
  @WithCairn(nodes = 1)
  void aDatabaseFarAheadOfItsLogIsRefused(CairnCluster cluster, Cairn cairn, @TempDir Path copies)
      throws IOException {
    CairnNode node = cluster.node(1);
    Path log = node.folder().resolve("group-1/raft/log");
    cairn.kv().put("k", "1");
    cluster.stop(node);
    copy(log, copies.resolve("old"));
    cluster.restart(node);
    // One after another: each is an entry of its own.
    for (int i = 0; i < 40; i++) {
      cairn.kv().put("k", "later " + i);
    }
    cluster.stop(node);
    copy(log, copies.resolve("new"));
    remove(log);
    copy(copies.resolve("old"), log);
    assertThatThrownBy(() -> cluster.restart(node))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("the log has lost entries that this node acknowledged")
        .hasMessageContaining("has applied index");
    assertThat(node.isRunning()).isFalse();
    // The refusal has changed nothing: with its own log the node is what it was.
    remove(log);
    copy(copies.resolve("new"), log);
    cluster.restart(node);
    assertThat(cairn.kv().get("k").orElseThrow().value()).isEqualTo(Bytes.utf8("later 39"));
  }

  @Test
  @WithCairn(nodes = 3)
  void twoOfThreeWithLostDisksConfirmNothing(CairnCluster cluster, Cairn cairn) {
    cairn.kv().put("k", "1");
    List<CairnNode> lost = cluster.followers();
    for (CairnNode node : lost) {
      cluster.kill(node);
      cluster.wipe(node);
      cluster.restart(node);
    }
    try (Cairn hasty = cluster.clientBuilder().requestTimeout(Duration.ofSeconds(2)).build()) {
      assertThatThrownBy(() -> hasty.kv().put("k", "lost")).isInstanceOf(CairnException.class);
      assertThatThrownBy(() -> hasty.kv().get("k")).isInstanceOf(CairnException.class);
    }
    assertThat(lost).noneMatch(CairnNode::isLeader);
    assertThat(lost).allMatch(node -> node.role().equals("WAITING"));
    // Reads of what the last healthy replica has are still answered, if asked for as such.
    CompletableFuture<String> state =
        CompletableFuture.supplyAsync(() -> serializable(cluster, lost));
    await().atMost(PATIENCE).until(state::isDone);
    assertThat(state.join()).isEqualTo("1");
  }

  private static String serializable(CairnCluster cluster, List<CairnNode> lost) {
    CairnNode healthy =
        cluster.nodes().stream().filter(node -> !lost.contains(node)).findFirst().orElseThrow();
    try (RawClient client = new RawClient(healthy)) {
      return client
          .query(RawClient.get("k").setSerializable(true))
          .getResult()
          .getRange()
          .getKvs(0)
          .getValue()
          .toStringUtf8();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
