package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.ControlGroup;
import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** What a process needs, and gets too little of. */
final class ResourceFaults {
  private static final List<Target> SOME = List.of(Target.ONE, Target.MINORITY, Target.LEADER);

  private static final long START_MILLIS_MAX = 20_000;

  private ResourceFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        new FaultKind(
            "heap",
            "resources",
            "#ffcc80",
            "started anew with a heap of 6 to 16 MB, which is soon exhausted",
            "signals",
            Means::signals,
            UnaryOperator.identity(),
            Heap::new),
        kind(
            "memory",
            "memory",
            "#ffa726",
            "started anew where the kernel allows 40 to 100 MB, and kills for more",
            Memory::new),
        kind(
            "threads",
            "pids",
            "#f57c00",
            "started anew where only 20 to 69 threads can be made",
            Threads::new),
        kind("cpu", "cpu", "#e65100", "2 to 20 % of one processor", Cpu::new));
  }

  private static FaultKind kind(
      String name,
      String controller,
      String colour,
      String text,
      BiFunction<FaultKind, ServerCluster, Fault> opening) {
    return new FaultKind(
        name,
        "resources",
        colour,
        text,
        "root, control groups (" + controller + ")",
        () -> Means.controlGroup(controller),
        UnaryOperator.identity(),
        opening);
  }

  /** On a busy machine a start takes long, and what a server lacks it lacks at its start. */
  private static void awaitWhatComesOfIt(List<ServerNode> nodes) {
    Pause.until(
        START_MILLIS_MAX, () -> nodes.stream().allMatch(node -> !node.isAlive() || node.isReady()));
  }

  /** Too small a heap. */
  private static final class Heap extends NodeFault {
    Heap(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, SOME);
    }

    @Override
    public Object plan(RandomGenerator random) {
      return with(super.plan(random), "heap-mb", 6L + random.nextInt(11));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      long heap = number(plan, "heap-mb");
      done.put("heap-mb", heap);
      for (ServerNode node : nodes) {
        node.kill();
        node.setExtraOptions(List.of("-Xms4m", "-Xmx" + heap + "m"));
        cluster().start(node);
      }
      awaitWhatComesOfIt(nodes);
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        node.setExtraOptions(List.of());
        node.kill();
      }
    }
  }

  /** A limit of a control group on each of some nodes. */
  private abstract static class Limited extends NodeFault {
    private static final long READY_MILLIS_MAX = 5_000;
    private final String controller;
    private final List<ControlGroup> groups = new ArrayList<>();
    private final Map<ServerNode, Long> pids = new LinkedHashMap<>();

    Limited(FaultKind kind, ServerCluster cluster, String controller) {
      super(kind, cluster, SOME);
      this.controller = controller;
    }

    @Override
    final void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        ControlGroup group = cluster().controlGroup(node, controller);
        groups.add(group);
        limit(node, group, plan, done);
      }
      awaitWhatComesOfIt(nodes);
    }

    @Override
    final void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      nodes.forEach(node -> pids.put(node, node.pid()));
      for (ControlGroup group : groups) {
        signs().addAll(seen(group));
        lift(group);
        group.close();
      }
      groups.clear();
    }

    /** A process that lacked something at its start may wait for ever; a new one only starts. */
    @Override
    final void settle(List<ServerNode> nodes, Map<String, Object> done) {
      pids.forEach(
          (node, pid) -> {
            if (pid != 0
                && !Pause.until(READY_MILLIS_MAX, () -> node.isReady() || node.pid() != pid)) {
              node.kill();
              noteByHand(node);
            }
          });
      pids.clear();
    }

    /** Takes the node's process in, before or after the limit holds. */
    abstract void limit(ServerNode node, ControlGroup group, Object plan, Map<String, Object> done);

    /** What the kernel counted of it. */
    abstract Map<String, Long> seen(ControlGroup group);

    abstract void lift(ControlGroup group);

    static void take(ControlGroup group, ServerNode node) {
      if (node.pid() != 0) {
        group.add(node.pid());
      }
    }
  }

  /** Memory. */
  private static final class Memory extends Limited {
    Memory(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, "memory");
    }

    @Override
    public Object plan(RandomGenerator random) {
      return with(super.plan(random), "memory-mb", 40L + random.nextInt(61));
    }

    @Override
    void limit(ServerNode node, ControlGroup group, Object plan, Map<String, Object> done) {
      // What a process has already is charged elsewhere: it starts anew.
      node.kill();
      group.set("memory.limit_in_bytes", (number(plan, "memory-mb") << 20) + "");
      cluster().start(node);
      take(group, node);
      done.put("memory-mb", number(plan, "memory-mb"));
    }

    @Override
    Map<String, Long> seen(ControlGroup group) {
      return Map.of(
          "oom-kills",
          group.number("memory.oom_control", "oom_kill "),
          "memory-limit-hits",
          group.number("memory.failcnt", ""));
    }

    @Override
    void lift(ControlGroup group) {
      group.set("memory.limit_in_bytes", "-1");
    }
  }

  /** Threads. */
  private static final class Threads extends Limited {
    Threads(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, "pids");
    }

    @Override
    public Object plan(RandomGenerator random) {
      return with(super.plan(random), "threads", 20L + random.nextInt(50));
    }

    @Override
    void limit(ServerNode node, ControlGroup group, Object plan, Map<String, Object> done) {
      node.kill(); // a server that has started needs few new ones
      group.set("pids.max", Long.toString(number(plan, "threads")));
      cluster().start(node);
      take(group, node);
      done.put("threads", number(plan, "threads"));
    }

    @Override
    Map<String, Long> seen(ControlGroup group) {
      return Map.of("threads-refused", group.number("pids.events", "max "));
    }

    @Override
    void lift(ControlGroup group) {
      group.set("pids.max", "max");
    }
  }

  /** Time on a processor. */
  private static final class Cpu extends Limited {
    private static final long PERIOD_MICROS = 100_000;

    Cpu(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, "cpu");
    }

    @Override
    public Object plan(RandomGenerator random) {
      return with(super.plan(random), "percent", 2L + random.nextInt(19));
    }

    @Override
    void limit(ServerNode node, ControlGroup group, Object plan, Map<String, Object> done) {
      group.set("cpu.cfs_period_us", Long.toString(PERIOD_MICROS));
      group.set("cpu.cfs_quota_us", Long.toString(number(plan, "percent") * PERIOD_MICROS / 100));
      take(group, node);
      done.put("percent", number(plan, "percent"));
    }

    @Override
    Map<String, Long> seen(ControlGroup group) {
      return Map.of("times-throttled", group.number("cpu.stat", "nr_throttled "));
    }

    @Override
    void lift(ControlGroup group) {
      group.set("cpu.cfs_quota_us", "-1");
    }
  }
}
