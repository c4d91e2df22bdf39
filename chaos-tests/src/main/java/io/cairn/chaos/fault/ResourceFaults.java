package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.ControlGroup;
import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** What a process needs, and gets too little of. */
final class ResourceFaults {
  private static final List<Target> SOME = List.of(Target.ONE, Target.MINORITY, Target.LEADER);

  private ResourceFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        new FaultKind(
            "heap",
            "resources",
            "#ffcc80",
            "started anew with a heap of 16 to 40 MB, which is soon exhausted",
            "signals",
            Means::signals,
            UnaryOperator.identity(),
            Heap::new),
        kind(
            "memory",
            "memory",
            "#ffa726",
            "started anew where the kernel allows 60 to 140 MB, and kills for more",
            Memory::new),
        kind("threads", "pids", "#f57c00", "no new thread can be made", Threads::new),
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

  /** Too small a heap. */
  private static final class Heap extends NodeFault {
    Heap(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, SOME);
    }

    @Override
    public Object plan(RandomGenerator random) {
      return with(super.plan(random), "heap-mb", 16L + random.nextInt(25));
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      long heap = number(plan, "heap-mb");
      done.put("heap-mb", heap);
      for (ServerNode node : nodes) {
        node.kill();
        node.setExtraOptions(List.of("-Xms8m", "-Xmx" + heap + "m"));
        cluster().start(node);
      }
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
    private final String controller;
    private final List<ControlGroup> groups = new ArrayList<>();

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
    }

    @Override
    final void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      for (ControlGroup group : groups) {
        count(sign(), seen(group));
        lift(group);
        group.close();
      }
      groups.clear();
    }

    /** Takes the node's process in, before or after the limit holds. */
    abstract void limit(ServerNode node, ControlGroup group, Object plan, Map<String, Object> done);

    abstract String sign();

    abstract long seen(ControlGroup group);

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
      return with(super.plan(random), "memory-mb", 60L + random.nextInt(81));
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
    String sign() {
      return "oom-kills";
    }

    @Override
    long seen(ControlGroup group) {
      return group.number("memory.oom_control", "oom_kill ");
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
    void limit(ServerNode node, ControlGroup group, Object plan, Map<String, Object> done) {
      take(group, node);
      long threads = group.number("pids.current", "");
      group.set("pids.max", Long.toString(threads));
      done.put("threads-" + node.name(), threads);
    }

    @Override
    String sign() {
      return "threads-refused";
    }

    @Override
    long seen(ControlGroup group) {
      return group.number("pids.events", "max ");
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
    String sign() {
      return "times-throttled";
    }

    @Override
    long seen(ControlGroup group) {
      return group.number("cpu.stat", "nr_throttled ");
    }

    @Override
    void lift(ControlGroup group) {
      group.set("cpu.cfs_quota_us", "-1");
    }
  }
}
