package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.server.MemberAddress;
import io.cairn.server.Setting;
import io.cairn.server.StartRefusedException;
import io.cairn.server.ops.LogEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartRefusalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  @WithCairn(nodes = 1)
  void aSecondServerOnADataFolderIsRefusedAndTheFirstServesOn(CairnCluster cluster, Cairn cairn)
      throws IOException {
    CairnNode first = cluster.node(1);
    try (PortBlock ports = PortBlock.take()) {
      MemberAddress address = address("node1", ports, 0);
      CairnNode second =
          new CairnNode(
              address, first.folder(), settings(address, first.folder(), List.of()), new Links());
      assertThatThrownBy(() -> second.start(false))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContaining("data folder " + first.folder())
          .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
    }
    cairn.kv().put("k", "1");
    assertThat(cairn.kv().get("k").orElseThrow().value()).isEqualTo(Bytes.utf8("1"));
  }

  @Test
  void aDataFolderThatCannotBeIsRefusedWithTheReason(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    try (PortBlock ports = PortBlock.take()) {
      MemberAddress address = address("node1", ports, 0);
      CairnNode node =
          new CairnNode(address, file, settings(address, file, List.of()), new Links());
      assertThatThrownBy(() -> node.start(false))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContaining("data-dir " + file + " cannot be used: ")
          .hasMessageContaining("FileAlreadyExists");
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void aPortInUseIsNamedAndNothingIsLeftBehind(CairnCluster cluster, Cairn cairn)
      throws IOException {
    CairnNode node = cluster.node(1);
    cairn.kv().put("k", "1");
    for (String address : List.of(node.endpoint(), node.httpEndpoint(), node.raftAddress())) {
      cluster.stop(node);
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        assertThat(taken.isBound()).isTrue();
        assertThatThrownBy(() -> cluster.restart(node))
            .isInstanceOf(StartRefusedException.class)
            .hasMessageContaining("127.0.0.1:" + port);
        assertThat(node.isRunning()).isFalse();
      }
      cluster.restart(node);
      assertThat(cairn.kv().get("k").orElseThrow().value()).isEqualTo(Bytes.utf8("1"));
    }
  }

  @Test
  @WithCairn(nodes = 1)
  void aDamagedLogIsRefusedWithItsOwnExitCode(CairnCluster cluster, Cairn cairn)
      throws IOException {
    CairnNode node = cluster.node(1);
    cairn.kv().put("k", "1");
    cluster.stop(node);
    Path segment = node.folder().resolve("group-1/raft/log/0000000001.segment");
    byte[] good = Files.readAllBytes(segment);
    byte[] bad = good.clone();
    bad[200] ^= 1;
    Files.write(segment, bad);
    assertThatThrownBy(() -> cluster.restart(node))
        .isInstanceOfSatisfying(
            StartRefusedException.class,
            refused -> assertThat(refused.exitCode()).isEqualTo(StartRefusedException.DAMAGED))
        .hasMessageContaining("the log is damaged")
        .hasMessageContaining(segment.toString())
        .hasMessageContaining("Remove this member");
    Files.write(segment, good); // the refusal has changed nothing
    cluster.restart(node);
    assertThat(cairn.kv().get("k").orElseThrow().value()).isEqualTo(Bytes.utf8("1"));
  }

  @Test
  @WithCairn(nodes = 1)
  void aDataFolderOfANewerFormatIsRefusedWithBothNumbers(CairnCluster cluster, Cairn cairn)
      throws IOException {
    CairnNode node = cluster.node(1);
    cairn.kv().put("k", "1");
    cluster.stop(node);
    Path format = node.folder().resolve("FORMAT");
    String text = Files.readString(format);
    Files.writeString(format, text.replace("version=2", "version=3"));
    assertThatThrownBy(() -> cluster.restart(node))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("has format 3, this server knows up to 2");
    Files.writeString(format, text.replace("cluster=test", "cluster=other"));
    assertThatThrownBy(() -> cluster.restart(node))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("belongs to cluster 'other', this server is cluster 'test'");
    Files.writeString(format, text);
    cluster.restart(node);
    assertThat(cairn.kv().get("k").orElseThrow().value()).isEqualTo(Bytes.utf8("1"));
  }

  @Test
  void threeNodesWhoseMemberListsDifferMakeNoLeaderAndSayWhy(@TempDir Path folder)
      throws IOException {
    List<CairnNode> nodes = new ArrayList<>();
    try (PortBlock ports = PortBlock.take();
        EventCapture events = new EventCapture()) {
      List<MemberAddress> right =
          Stream.of(0, 1, 2).map(i -> address("node" + (i + 1), ports, 3 * i)).toList();
      Links links = new Links();
      for (int i = 0; i < 3; i++) {
        // Each has a wrong raft port for its neighbour.
        List<MemberAddress> own = new ArrayList<>(right);
        MemberAddress wrong = right.get((i + 1) % 3);
        own.set(
            (i + 1) % 3,
            new MemberAddress(
                wrong.name(),
                wrong.host(),
                ports.port(10 + i),
                wrong.clientPort(),
                wrong.httpPort()));
        Path dataDir = folder.resolve(right.get(i).name());
        nodes.add(
            new CairnNode(right.get(i), dataDir, settings(right.get(i), dataDir, own), links));
      }
      nodes.forEach(node -> node.start(true));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  nodes.stream()
                      .allMatch(
                          node ->
                              events.of(LogEvent.MEMBERS_DIFFER).stream()
                                  .anyMatch(line -> line.contains("\"" + node.name() + "\""))));
      assertThat(events.of(LogEvent.MEMBERS_DIFFER))
          .allMatch(line -> line.contains("start all nodes of a new cluster with the same list"));
      assertThat(nodes).noneMatch(CairnNode::isLeader);
      assertThat(nodes).allMatch(node -> node.appliedIndex() == 0);
      String endpoints = nodes.stream().map(CairnNode::endpoint).collect(Collectors.joining(","));
      try (Cairn cairn =
          Cairn.builder().endpoints(endpoints).requestTimeout(Duration.ofSeconds(1)).build()) {
        assertThatThrownBy(() -> cairn.kv().put("k", "1"))
            .isInstanceOf(CairnException.class)
            .hasMessageContaining("NOT_APPLIED");
      }
    } finally {
      nodes.forEach(node -> node.stop(false));
    }
  }

  private static MemberAddress address(String name, PortBlock ports, int first) {
    return new MemberAddress(
        name, "127.0.0.1", ports.port(first), ports.port(first + 1), ports.port(first + 2));
  }

  private static Map<Setting, String> settings(
      MemberAddress self, Path dataDir, List<MemberAddress> members) {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.CLUSTER, "test");
    settings.put(Setting.NODE, self.name());
    settings.put(Setting.DATA_DIR, dataDir.toString());
    settings.put(
        Setting.MEMBERS,
        (members.isEmpty() ? List.of(self) : members)
            .stream().map(MemberAddress::toString).collect(Collectors.joining(",")));
    settings.put(Setting.ELECTION_TIMEOUT_MS, "300");
    return settings;
  }
}
