package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.ControlPage;
import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.chaos.cluster.Shim;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Faults of clocks, as servers are told them by a shim. */
final class ClockFaults {
  private static final int WALL_OFFSET_NANOS = 0;
  private static final int SKEW_PPM = 1;
  private static final int ANCHOR_TRUE_NANOS = 2;
  private static final int ANCHOR_TOLD_NANOS = 3;
  private static final int SEQUENCE = 4;
  private static final int WALL_READS = 8;
  private static final int STEADY_READS = 9;
  private static final long MILLION = 1_000_000;

  /** Its name. */
  static final String DRIFT = "clock-drift";

  /** The most by which a steady clock is made to run too fast: so much earlier a lease may end. */
  static final int FASTER_PPM_MAX = 500_000;

  private ClockFaults() {}

  static List<FaultKind> kinds() {
    return List.of(
        new FaultKind(
            "clock-jump",
            "clock",
            "#ba68c8",
            "wall clocks jump by up to an hour, forwards or back",
            "gcc",
            Means::compiler,
            options -> options.withShim(Shim.CLOCK),
            Jump::new),
        new FaultKind(
            DRIFT,
            "clock",
            "#7b1fa2",
            "steady clocks, and waits by them, run up to 30 % slower or 50 % faster",
            "gcc",
            Means::compiler,
            options -> options.withShim(Shim.CLOCK),
            Drift::new));
  }

  /** What a page of a shim counts, since the last time it was asked. */
  private static long drain(ControlPage page, int place) {
    long count = page.get(place);
    page.set(place, 0);
    return count;
  }

  /** The wall clock jumps, and back at the end. */
  private static final class Jump extends NodeFault {
    private static final long MILLIS_MAX = 3_600_000;

    Jump(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, Target.every());
    }

    @Override
    public Object plan(RandomGenerator random) {
      Object plan = super.plan(random);
      // By orders of magnitude: from 10 ms on.
      long millis = Math.round(10 * Math.pow(MILLIS_MAX / 10.0, random.nextDouble()));
      return with(plan, "jump-ms", random.nextBoolean() ? millis : -millis);
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      long millis = number(plan, "jump-ms");
      done.put("jump-ms", millis);
      for (ServerNode node : nodes) {
        cluster().controlPage(node, Shim.CLOCK).set(WALL_OFFSET_NANOS, millis * MILLION);
      }
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        ControlPage page = cluster().controlPage(node, Shim.CLOCK);
        page.set(WALL_OFFSET_NANOS, 0);
        count("shifted-clock-reads", drain(page, WALL_READS));
      }
    }
  }

  /** The steady clock runs at another rate; what it has gained or lost stays. */
  private static final class Drift extends NodeFault {
    private static final int SLOWER_PPM_MAX = 300_000;
    private static final int FASTER_PPM_MIN = 100_000;

    Drift(FaultKind kind, ServerCluster cluster) {
      super(kind, cluster, List.of(Target.ONE, Target.MINORITY, Target.LEADER, Target.MAJORITY));
    }

    /** Every other time the leader's clock runs fast: by it leases are counted. */
    @Override
    public Object plan(long round, RandomGenerator random) {
      if (round % 2 != 0) {
        return plan(random);
      }
      Map<String, Object> plan = Target.plan(List.of(Target.LEADER), names(), random);
      return with(plan, "skew-ppm", random.nextLong(FASTER_PPM_MIN, FASTER_PPM_MAX + 1L));
    }

    @Override
    public Object plan(RandomGenerator random) {
      long skew = random.nextLong(-SLOWER_PPM_MAX, FASTER_PPM_MAX + 1L);
      return with(super.plan(random), "skew-ppm", skew == 0 ? FASTER_PPM_MAX : skew);
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      long skew = number(plan, "skew-ppm");
      done.put("skew-ppm", skew);
      nodes.forEach(node -> setSkew(cluster().controlPage(node, Shim.CLOCK), skew));
    }

    /** The clock goes on from where it is: the sequence is odd while its line is redrawn. */
    private static void setSkew(ControlPage page, long skew) {
      long trueNanos = System.nanoTime(); // CLOCK_MONOTONIC, the same for all of this machine
      long told = trueNanos;
      if (page.get(SEQUENCE) != 0) {
        long since = trueNanos - page.get(ANCHOR_TRUE_NANOS);
        told = page.get(ANCHOR_TOLD_NANOS) + since + scaled(since, page.get(SKEW_PPM));
      }
      page.set(SEQUENCE, page.get(SEQUENCE) + 1);
      page.set(SKEW_PPM, skew);
      page.set(ANCHOR_TRUE_NANOS, trueNanos);
      page.set(ANCHOR_TOLD_NANOS, told);
      page.set(SEQUENCE, page.get(SEQUENCE) + 1);
    }

    private static long scaled(long nanos, long skew) {
      return nanos / MILLION * skew + nanos % MILLION * skew / MILLION;
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        ControlPage page = cluster().controlPage(node, Shim.CLOCK);
        setSkew(page, 0);
        count("scaled-clock-reads", drain(page, STEADY_READS));
      }
    }
  }
}
