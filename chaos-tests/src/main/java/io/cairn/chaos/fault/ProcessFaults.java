package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Faults of processes, by signals. */
final class ProcessFaults {
  private static final String SIGNALS = "signals";

  private ProcessFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        new FaultKind(
            "kill",
            "process",
            "#e57373",
            "SIGKILL; started again at the end",
            SIGNALS,
            Means::signals,
            UnaryOperator.identity(),
            Kill::new),
        new FaultKind(
            "pause",
            "process",
            "#ffb74d",
            "SIGSTOP; SIGCONT at the end",
            SIGNALS,
            Means::signals,
            UnaryOperator.identity(),
            Stop::new),
        new FaultKind(
            "restart-storm",
            "process",
            "#d32f2f",
            "killed and started again, several times, before it can serve",
            SIGNALS,
            Means::signals,
            UnaryOperator.identity(),
            Storm::new));
  }

  /** SIGKILL. */
  private static final class Kill extends NodeFault {
    Kill(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, Target.every());
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      for (ServerNode node : nodes) { // at once, as near as can be
        if (node.signal("KILL")) {
          count("kills", 1);
        }
      }
      nodes.forEach(ServerNode::kill);
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {}
  }

  /** SIGSTOP. */
  private static final class Stop extends NodeFault {
    private long sinceNanos;

    Stop(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, Target.every());
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      sinceNanos = System.nanoTime();
      for (ServerNode node : nodes) {
        if (node.signal("STOP")) {
          count("pauses", 1);
        }
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        if (node.signal("CONT")) {
          count("paused-ms", (System.nanoTime() - sinceNanos) / 1_000_000);
        }
      }
    }
  }

  /** Kills and starts, one after the other. */
  private static final class Storm extends NodeFault {
    private static final int ROUNDS_MAX = 4;
    private static final int UP_MILLIS_MAX = 1_500;

    Storm(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ONE, Target.MINORITY, Target.LEADER, Target.ALL));
    }

    @Override
    public Object plan(RandomGenerator random) {
      return with(
          with(super.plan(random), "rounds", 2L + random.nextInt(ROUNDS_MAX - 1)),
          "up-ms",
          100L + random.nextInt(UP_MILLIS_MAX - 100));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      long rounds = number(plan, "rounds");
      for (long round = 1; round <= rounds; round++) {
        for (ServerNode node : nodes) {
          if (node.kill()) {
            count("kills", 1);
          }
        }
        if (round < rounds) {
          nodes.forEach(cluster()::start);
          Pause.millis(number(plan, "up-ms"));
        }
      }
      done.put("rounds", rounds);
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {}
  }
}
