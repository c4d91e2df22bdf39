package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.chaos.history.Keyword;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Damage to files of a node that is killed for it; always of one node only. */
final class DamageFaults {
  private static final long WAITING_MILLIS_MAX = 30_000;

  private DamageFaults() {}

  static List<FaultKind> kinds() {
    return Stream.concat(
            Stream.of(Damage.values()).map(DamageFaults::kind),
            Stream.of(
                new FaultKind(
                    "amnesia",
                    "disk",
                    "#004d40",
                    "a node that missed writes and one whose disk is empty are left alone together",
                    "signals",
                    Means::signals,
                    UnaryOperator.identity(),
                    Amnesia::new),
                new FaultKind(
                    "wiped-disk",
                    "disk",
                    "#1b5e20",
                    "a node comes back with an empty disk, and is replaced at the end",
                    "signals",
                    Means::signals,
                    UnaryOperator.identity(),
                    Wipe::new)))
        .toList();
  }

  private static FaultKind kind(Damage damage) {
    return new FaultKind(
        damage.text(),
        "disk",
        damage.colour(),
        "in a file of a stopped node, which is started again: log, vote, snapshot or state",
        "signals",
        Means::signals,
        UnaryOperator.identity(),
        (kind, cluster) -> new Damaged(kind, cluster, damage));
  }

  /** One file is damaged. */
  private static final class Damaged extends NodeFault {
    private final Damage damage;

    Damaged(FaultKind kind, ServerCluster cluster, Damage damage) {
      super(kind, cluster, List.of(Target.ONE, Target.LEADER));
      this.damage = damage;
    }

    @Override
    public Object plan(RandomGenerator random) {
      StoredPart[] parts = StoredPart.values();
      String part = parts[random.nextInt(parts.length)].text();
      return with(
          with(super.plan(random), "part", new Keyword(part)), "place", random.nextLong() >>> 1);
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      StoredPart part = StoredPart.of(word(plan, "part"));
      for (ServerNode node : nodes) {
        done.put("applied", applied(node));
        node.kill();
        damage
            .inflict(node.disk().folder(), part, new Random(number(plan, "place")))
            .ifPresent(
                what -> {
                  done.putAll(what);
                  count("files-damaged", 1);
                });
        cluster().start(node);
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {}

    @Override
    void settle(List<ServerNode> nodes, Map<String, Object> done) {
      Replacement.ofThoseThatRefuse(cluster(), nodes, signs(), done).forEach(this::noteByHand);
    }
  }

  /** All files are gone. */
  private static final class Wipe extends NodeFault {
    private final Map<ServerNode, String> wiped = new LinkedHashMap<>();

    Wipe(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ONE, Target.LEADER));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        done.put("applied", applied(node));
        node.kill();
        node.disk().wipe();
        wiped.put(node, node.raftAddress());
        count("disks-wiped", 1);
        cluster().start(node);
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {}

    @Override
    void settle(List<ServerNode> nodes, Map<String, Object> done) {
      wiped.forEach((node, address) -> replaceOnceItWaits(this, node, address));
      wiped.clear();
    }
  }

  /**
   * A node with an empty disk says that it waits, and then an operator replaces it. One that takes
   * part before might vote against what it has acknowledged. Another fault may have replaced it.
   */
  private static void replaceOnceItWaits(NodeFault fault, ServerNode node, String wipedAt) {
    if (!node.raftAddress().equals(wipedAt)) {
      fault.count("waiting-seen", 1); // nobody replaces one that does not wait
      return;
    }
    Pause.until(
        WAITING_MILLIS_MAX, () -> Replacement.isSaidToWait(node) || Replacement.takesPart(node));
    if (Replacement.takesPart(node)) {
      fault.noteBroken(node.name() + " takes part with an empty disk, and nobody has added it");
    } else if (Replacement.isSaidToWait(node)) {
      fault.count("waiting-seen", 1);
    }
    fault.noteByHand(node);
    Replacement.replace(fault.cluster(), node);
    fault.count("replaced-nodes", 1);
  }

  /**
   * A minority misses writes. Then another node loses its disk, and whoever else has those writes
   * goes away: what is left is a majority by number that does not have them, and must not elect.
   */
  private static final class Amnesia extends NodeFault {
    private static final long WRITES_MILLIS = 2_000;
    private static final long STARTED_MILLIS_MAX = 30_000;
    private static final long ELECTION_MILLIS = 5_000;

    private final Map<ServerNode, String> wiped = new LinkedHashMap<>();

    Amnesia(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ALL));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      int behind = (nodes.size() - 1) / 2;
      List<ServerNode> away = nodes.subList(0, behind);
      List<ServerNode> emptied = nodes.subList(behind, behind + 1);
      away.forEach(ServerNode::kill);
      Pause.millis(WRITES_MILLIS);
      for (ServerNode node : nodes.subList(behind, nodes.size())) {
        done.put("applied-" + node.name(), applied(node));
        node.kill();
      }
      for (ServerNode node : emptied) {
        node.disk().wipe();
        wiped.put(node, node.raftAddress());
      }
      count("disks-wiped", emptied.size());
      away.forEach(cluster()::start);
      emptied.forEach(cluster()::start);
      for (ServerNode node : emptied) {
        Pause.until(STARTED_MILLIS_MAX, () -> node.status().isPresent());
      }
      Pause.millis(ELECTION_MILLIS); // several, if they dared
      done.put("behind", away.stream().map(ServerNode::name).toList());
      done.put("wiped", emptied.stream().map(ServerNode::name).toList());
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {}

    @Override
    void settle(List<ServerNode> nodes, Map<String, Object> done) {
      wiped.forEach((node, address) -> replaceOnceItWaits(this, node, address));
      wiped.clear();
    }
  }
}
