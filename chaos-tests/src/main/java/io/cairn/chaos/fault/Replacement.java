package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.NodeStatus;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.client.CairnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Replacing a member whose disk is lost, as the operations page has it. */
final class Replacement {
  private static final long VERDICT_MILLIS_MAX = 30_000;
  private static final String WAITING = "event=waiting-to-be-added";
  private static final Set<String> PARTS = Set.of("LEADER", "CANDIDATE", "FOLLOWER");
  private static final long ADMIN_MILLIS_MAX = 60_000;

  private Replacement() {}

  /**
   * Waits until each of these, which were all started, serves or has ended; those that ended, or
   * wait to be added, get an empty disk and another address, and are added again. Returns those.
   */
  static List<ServerNode> ofThoseThatRefuse(
      ServerCluster cluster, List<ServerNode> nodes, Evidence signs, Map<String, Object> done) {
    List<ServerNode> replaced = new ArrayList<>();
    for (ServerNode node : nodes) {
      refuses(node);
      if (!node.isAlive()) {
        signs.add("refused-starts", 1);
        node.exitCode().ifPresent(code -> done.put("refused-" + node.name(), (long) code));
      }
      if (!node.isAlive() || isSaidToWait(node)) {
        replace(cluster, node);
        signs.add("replaced-nodes", 1);
        replaced.add(node);
      }
    }
    if (!replaced.isEmpty()) {
      done.put("replaced", replaced.stream().map(ServerNode::name).toList());
    }
    return replaced;
  }

  /**
   * Waits until a node, which was started, serves, has ended, or waits to be added. True if it has
   * ended or waits: it comes back only with another disk.
   */
  static boolean refuses(ServerNode node) {
    Pause.until(VERDICT_MILLIS_MAX, () -> node.isReady() || !node.isAlive() || isSaidToWait(node));
    return !node.isAlive() || isSaidToWait(node);
  }

  /** True if the node has a part in the cluster, as a voter or for clients. */
  static boolean takesPart(ServerNode node) {
    return node.isReady()
        || node.status().map(NodeStatus::role).filter(PARTS::contains).isPresent();
  }

  /** True if it has no part in it, and says so: one that is only starting has none yet, either. */
  static boolean isSaidToWait(ServerNode node) {
    return node.status().map(NodeStatus::role).filter("WAITING"::equals).isPresent()
        && node.loggedSinceStart(WAITING) > 0;
  }

  /** Removes the node, and adds it again with an empty disk, under another raft address. */
  static void replace(ServerCluster cluster, ServerNode node) {
    node.kill();
    remove(cluster, node);
    node.disk().wipe();
    cluster.readdress(node);
    cluster.start(node);
    Pause.until(VERDICT_MILLIS_MAX, () -> node.loggedSinceStart(WAITING) > 0 || !node.isAlive());
    // Asked again, not looked for: a leader that lost the lead meanwhile has listed it, and that is
    // all. What is done already is answered as done.
    untilDone(() -> cluster.administer(admin -> admin.addMember(cluster.member(node))));
  }

  /** Removes the node if it is a member; false if it never was. */
  static boolean remove(ServerCluster cluster, ServerNode node) {
    AtomicBoolean asked = new AtomicBoolean();
    untilDone(
        () -> {
          if (isMember(cluster, node)) {
            asked.set(true);
            cluster.administer(admin -> admin.removeMember(node.name()));
          }
        });
    return asked.get();
  }

  private static boolean isMember(ServerCluster cluster, ServerNode node) {
    return cluster.administer(admin -> admin.members()).stream()
        .anyMatch(member -> member.name().equals(node.name()));
  }

  /** Again and again, as an operator would. */
  private static void untilDone(Runnable change) {
    long endNanos = System.nanoTime() + ADMIN_MILLIS_MAX * 1_000_000;
    while (true) {
      try {
        change.run();
        return;
      } catch (CairnException e) {
        if (System.nanoTime() - endNanos > 0) {
          throw e;
        }
        Pause.millis(500);
      }
    }
  }
}
