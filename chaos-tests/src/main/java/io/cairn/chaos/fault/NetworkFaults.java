package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.Clusters;
import io.cairn.chaos.cluster.Impairment;
import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.chaos.history.Keyword;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/** Faults of links between nodes; clients reach all nodes meanwhile. */
final class NetworkFaults {
  private static final String ANY = "namespaces (root), or a proxy";

  private NetworkFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        kind(
            "partition",
            "#64b5f6",
            "one, halves, the leader, a bridge or a ring cannot talk",
            (kind, cluster) -> new Cuts(kind, cluster, Impairment.Kind.DROP)),
        kind(
            "reset",
            "#1976d2",
            "the same shapes, but connections are refused and reset",
            (kind, cluster) -> new Cuts(kind, cluster, Impairment.Kind.RESET)),
        kind(
            "asymmetric",
            "#4dd0e1",
            "requests of a leader, or to a follower, vanish; those the other way arrive",
            (kind, cluster) -> new Links(kind, cluster, Impairment.Kind.DROP_REQUESTS, 0, 0)),
        kind(
            "half-open",
            "#0097a7",
            "connections of a node to its peers stay open with nobody behind them",
            (kind, cluster) -> new Links(kind, cluster, Impairment.Kind.HALF_OPEN, 0, 0)),
        kind(
            "loss",
            "#81c784",
            "2 to 30 % of packets of and to a node vanish; by proxy, connections are reset",
            (kind, cluster) -> new Links(kind, cluster, Impairment.Kind.LOSS, 0.02, 0.3)),
        kind(
            "delay",
            "#388e3c",
            "requests of and to a node arrive 20 to 400 ms late, with jitter, by proxy",
            (kind, cluster) -> new Links(kind, cluster, Impairment.Kind.DELAY, 20, 400)),
        kind(
            "bandwidth",
            "#aed581",
            "a node sends 1 to 20 kB a second",
            (kind, cluster) -> new Links(kind, cluster, Impairment.Kind.RATE, 1_000, 20_000)),
        new FaultKind(
            "mtu",
            "network",
            "#827717",
            "packets of 600 to 1400 bytes and more vanish, smaller ones arrive",
            "namespaces (root)",
            Means::namespaces,
            options -> options.withNetwork(Clusters.bestNetwork()),
            (kind, cluster) -> new Links(kind, cluster, Impairment.Kind.LARGE, 600, 1_400)));
  }

  private static FaultKind kind(
      String name,
      String colour,
      String description,
      BiFunction<FaultKind, ServerCluster, Fault> opening) {
    return new FaultKind(
        name,
        "network",
        colour,
        description,
        ANY,
        Optional::empty,
        options -> options.withNetwork(Clusters.bestNetwork()),
        opening);
  }

  /** Links that are cut both ways. */
  private static final class Cuts extends NodeFault {
    private final Impairment.Kind trouble;

    Cuts(FaultKind kind, ServerCluster cluster, Impairment.Kind trouble) {
      super(kind, cluster, List.of(Target.ALL));
      this.trouble = trouble;
    }

    @Override
    public Object plan(RandomGenerator random) {
      Partition[] shapes = Partition.values();
      Map<String, Object> plan = new LinkedHashMap<>();
      plan.put("target", new Keyword("all"));
      plan.put("shape", new Keyword(shapes[random.nextInt(shapes.length)].text()));
      plan.put("order", Target.shuffled(names(), random));
      return plan;
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      Partition shape = Partition.of(word(plan, "shape"));
      List<ServerNode> order = new ArrayList<>(nodes);
      boolean anybody = true;
      if (shape == Partition.LEADER) {
        Optional<ServerNode> leader = awaitLeader();
        leader.filter(order::remove).ifPresent(first -> order.add(0, first));
        anybody = leader.isPresent();
      }
      List<Object> cut = new ArrayList<>();
      for (Partition.Cut pair : anybody ? shape.cuts(order.size()) : List.<Partition.Cut>of()) {
        ServerNode one = order.get(pair.one());
        ServerNode other = order.get(pair.other());
        cluster().impair(one, other, Impairment.of(trouble));
        cluster().impair(other, one, Impairment.of(trouble));
        cut.add(List.of(one.name(), other.name()));
      }
      done.remove("target");
      done.remove("nodes");
      done.put("shape", new Keyword(shape.text()));
      done.put("cut", cut);
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      Map<String, Long> seen = cluster().heal();
      signs().addAll(seen);
      done.putAll(seen);
    }
  }

  /** All links of some nodes to the others. */
  private static final class Links extends NodeFault {
    private final Impairment.Kind trouble;
    private final double least;
    private final double most;

    Links(
        FaultKind kind, ServerCluster cluster, Impairment.Kind trouble, double least, double most) {
      super(kind, cluster, List.of(Target.ONE, Target.MINORITY, Target.LEADER, Target.ALL));
      this.trouble = trouble;
      this.least = least;
      this.most = most;
    }

    @Override
    public Object plan(RandomGenerator random) {
      Object plan = super.plan(random);
      double amount = least + random.nextDouble() * (most - least);
      return with(plan, "thousandths", Math.round(amount * 1_000));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      long thousandths = number(plan, "thousandths");
      Impairment impairment = new Impairment(trouble, thousandths / 1_000.0);
      Optional<ServerNode> leader = cluster().leader();
      for (ServerNode node : nodes) {
        boolean leads = leader.filter(node::equals).isPresent();
        for (ServerNode other : cluster().members()) {
          if (other != node) {
            trouble(node, other, leads, impairment);
          }
        }
      }
      if (thousandths > 0) {
        done.put("thousandths", thousandths);
      }
    }

    /** Followers ask nobody anything: one way is the way that is used. */
    private void trouble(ServerNode node, ServerNode other, boolean leads, Impairment impairment) {
      boolean oneWay = trouble == Impairment.Kind.DROP_REQUESTS;
      if (!oneWay || leads) {
        cluster().impair(node, other, impairment);
      }
      if (oneWay ? !leads : trouble != Impairment.Kind.RATE) {
        cluster().impair(other, node, impairment);
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      Map<String, Long> seen = cluster().heal();
      signs().addAll(seen);
      done.putAll(seen);
    }
  }
}
