package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.NodeStatus;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.client.CairnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What operators do to a cluster that serves. */
final class ClusterFaults {
  private ClusterFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        kind("membership", "#90a4ae", "a node is added; it is removed at the end", Membership::new),
        kind("leader-transfer", "#607d8b", "leadership is handed to another node", Transfer::new),
        kind(
            "snapshot-install",
            "#455a64",
            "a node is down while the others cut their logs: it needs a snapshot",
            Install::new),
        kind(
            "rolling-restart",
            "#263238",
            "each node stops gracefully and starts again, one after the other",
            Rolling::new));
  }

  private static FaultKind kind(
      String name,
      String colour,
      String text,
      BiFunction<FaultKind, ServerCluster, Fault> opening) {
    return new FaultKind(
        name,
        "cluster",
        colour,
        text,
        "signals",
        Means::signals,
        UnaryOperator.identity(),
        opening);
  }

  /** Grows by one, and shrinks again. */
  private static final class Membership extends NodeFault {
    private static final long UP_MILLIS_MAX = 30_000;

    /** All of its ports are open. */
    private static final String STARTED = "event=started";

    private @Nullable ServerNode added;

    Membership(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ALL));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      ServerNode node = cluster().grow();
      added = node;
      done.put("added", node.name());
      Pause.until(UP_MILLIS_MAX, () -> node.logged(STARTED) > 0 || !node.isAlive());
      try {
        cluster().administer(admin -> admin.addMember(cluster().member(node)));
        count("members-added", 1);
      } catch (CairnException e) {
        done.put("error", String.valueOf(e.getMessage())); // the end removes it in any case
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      ServerNode node = added;
      if (node == null) {
        return;
      }
      if (Replacement.remove(cluster(), node)) {
        count("members-removed", 1);
        done.put("removed", node.name());
      }
      cluster().forget(node);
      added = null;
    }
  }

  /** Another one leads. */
  private static final class Transfer extends NodeFault {
    private static final long LEADER_MILLIS_MAX = 5_000;

    Transfer(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ONE));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      Optional<ServerNode> before = cluster().leader();
      ServerNode to =
          order(plan).stream()
              .filter(node -> before.filter(node::equals).isEmpty())
              .findFirst()
              .orElse(nodes.get(0));
      done.put("nodes", List.of(to.name()));
      try {
        cluster().administer(admin -> admin.transferLeader(to.name()));
      } catch (CairnException e) {
        done.put("error", String.valueOf(e.getMessage()));
      }
      // Where nobody was known to lead, this one may have led all along.
      if (before.isPresent()
          && Pause.until(
              LEADER_MILLIS_MAX, () -> cluster().leader().filter(to::equals).isPresent())) {
        count("transfers", 1);
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {}
  }

  /** A follower that is too far behind for the log. */
  private static final class Install extends NodeFault {
    private static final String INSTALLED = "event=snapshot-loaded";
    private static final long INSTALL_MILLIS_MAX = 30_000;
    private long appliedBefore;

    Install(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ONE));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      ServerNode node = nodes.get(0);
      appliedBefore = applied(node);
      if (node.kill()) {
        count("kills", 1);
      }
      done.put("applied", appliedBefore);
    }

    /** A snapshot cuts the log behind the one before it, so it takes two of them. */
    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      ServerNode behind = nodes.get(0);
      List<Long> first = new ArrayList<>();
      for (ServerNode node : cluster().members()) {
        if (node != behind && node.isAlive()) {
          for (int i = 0; i < 2; i++) {
            takeSnapshot(node, done);
          }
          node.status().map(NodeStatus::firstLogIndex).ifPresent(first::add);
        }
      }
      done.put("first-log-indexes", first);
      cluster().start(behind);
    }

    /** It may say that it serves before it has its snapshot; one that caught up needs none. */
    @Override
    void settle(List<ServerNode> nodes, Map<String, Object> done) {
      ServerNode behind = nodes.get(0);
      long all = cluster().members().stream().mapToLong(NodeFault::applied).max().orElse(0);
      Pause.until(
          INSTALL_MILLIS_MAX,
          () ->
              behind.loggedSinceStart(INSTALLED) > 0
                  || !behind.isAlive()
                  || applied(behind) >= all);
      count("snapshots-installed", behind.loggedSinceStart(INSTALLED));
    }

    private void takeSnapshot(ServerNode node, Map<String, Object> done) {
      try {
        long index =
            cluster().administer(admin -> admin.snapshot(cluster().member(node).clientAddress()));
        count("snapshots-taken", 1);
        done.put("snapshot-" + node.name(), index);
      } catch (CairnException e) {
        done.put("error", String.valueOf(e.getMessage()));
      }
    }
  }

  /** All of them, one after the other, the leader last. */
  private static final class Rolling extends NodeFault {
    private static final long READY_MILLIS_MAX = 60_000;

    Rolling(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ALL));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      List<ServerNode> order = new ArrayList<>(nodes);
      cluster().leader().filter(order::remove).ifPresent(order::add);
      for (ServerNode node : order) {
        if (node.stop()) {
          count("graceful-stops", 1);
          node.exitCode().ifPresent(code -> done.put("exit-" + node.name(), (long) code));
        }
        cluster().start(node);
        Pause.until(READY_MILLIS_MAX, () -> node.isReady() || !node.isAlive());
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {}
  }
}
