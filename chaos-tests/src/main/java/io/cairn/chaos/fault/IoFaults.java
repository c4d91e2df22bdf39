package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.ControlPage;
import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.chaos.cluster.Shim;
import io.cairn.chaos.history.Keyword;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Faults of single calls to the file system, done by a shim. */
final class IoFaults {
  private IoFaults() {}

  /**
   * What a shim does to calls.
   *
   * @param calls which ones, as bits
   * @param action number of what is done
   * @param ppmMax of a million calls at most so many are hit
   */
  record Trick(int calls, int action, long ppmMax) {}

  private static final int WRITE = 1;
  private static final int SYNC = 2;
  private static final int READ = 4;
  private static final int FAIL = 1;
  private static final int LIE = 2;
  private static final int SHORT = 3;
  private static final int TORN = 4;
  private static final int DELAY = 5;
  private static final int FLIP = 6;
  private static final int EIO = 5;
  private static final long MILLION = 1_000_000;

  private static final int CALLS_PLACE = 0;
  private static final int ACTION_PLACE = 1;
  private static final int ERROR_PLACE = 2;
  private static final int PPM_PLACE = 3;
  private static final int DELAY_PLACE = 4;
  private static final int WRITES_PLACE = 8;
  private static final int SYNCS_PLACE = 9;
  private static final int READS_PLACE = 10;
  private static final int MARK_PLACE = 16;
  private static final String ANYWHERE = "anywhere";

  /** Fsync returns at once and does nothing. */
  static final Trick LYING_FSYNC = new Trick(SYNC, LIE, MILLION);

  static List<FaultKind> kinds() {
    return List.of(
        kind("slow-disk", "#fff176", "each write or fsync takes 1 to 100 ms longer", DELAYING),
        kind("io-error", "#f06292", "writes, fsyncs or reads fail with EIO, some or all", FAILING),
        kind("short-write", "#ad1457", "writes do half and say so, or do half and fail", CUTTING),
        kind(
            "flipped-read", "#880e4f", "one bit of what is read is wrong, now and then", FLIPPING));
  }

  private static final List<Trick> DELAYING =
      List.of(new Trick(WRITE | SYNC, DELAY, MILLION), new Trick(SYNC, DELAY, MILLION));
  private static final List<Trick> FAILING =
      List.of(
          new Trick(WRITE, FAIL, MILLION),
          new Trick(SYNC, FAIL, MILLION),
          new Trick(READ, FAIL, MILLION),
          new Trick(WRITE | SYNC | READ, FAIL, 20_000));
  private static final List<Trick> CUTTING =
      List.of(new Trick(WRITE, SHORT, MILLION), new Trick(WRITE, TORN, 100_000));
  private static final List<Trick> FLIPPING = List.of(new Trick(READ, FLIP, 200_000));

  private static FaultKind kind(String name, String colour, String text, List<Trick> tricks) {
    return new FaultKind(
        name,
        "disk",
        colour,
        text,
        "gcc",
        Means::compiler,
        options -> options.withShim(Shim.IO),
        (kind, cluster) -> new Calls(kind, cluster, tricks));
  }

  /** Begins to do it to files with this mark in their path; an empty one stands in all. */
  static void begin(ControlPage page, Trick trick, long ppm, long delayMicros, String mark) {
    page.setText(MARK_PLACE, mark);
    page.set(ACTION_PLACE, trick.action());
    page.set(ERROR_PLACE, EIO);
    page.set(PPM_PLACE, ppm);
    page.set(DELAY_PLACE, delayMicros);
    page.set(CALLS_PLACE, trick.calls());
  }

  /** Ends what is done, and returns how often it was. */
  static Map<String, Long> end(ControlPage page) {
    page.set(CALLS_PLACE, 0);
    Map<String, Long> hits =
        Map.of(
            "writes-hit", page.get(WRITES_PLACE),
            "fsyncs-hit", page.get(SYNCS_PLACE),
            "reads-hit", page.get(READS_PLACE));
    page.set(WRITES_PLACE, 0);
    page.set(SYNCS_PLACE, 0);
    page.set(READS_PLACE, 0);
    return hits;
  }

  /** Calls of some nodes are tampered with. */
  private static final class Calls extends NodeFault {
    private static final long DELAY_MICROS_MAX = 100_000;
    private final List<Trick> tricks;

    Calls(FaultKind kind, ServerCluster cluster, List<Trick> tricks) {
      super(
          kind,
          cluster,
          tricks.equals(FAILING)
              ? Target.every() // whoever cannot write must end, also if nobody is left
              : List.of(Target.ONE, Target.MINORITY, Target.LEADER));
      this.tricks = tricks;
    }

    @Override
    public Object plan(RandomGenerator random) {
      int which = random.nextInt(tricks.size());
      long ppmMax = tricks.get(which).ppmMax();
      Object plan = with(super.plan(random), "trick", (long) which);
      plan = with(plan, "ppm", ppmMax == MILLION ? MILLION : random.nextLong(ppmMax / 10, ppmMax));
      plan = with(plan, "delay-us", random.nextLong(1_000, DELAY_MICROS_MAX));
      return with(plan, "part", new Keyword(part(random)));
    }

    /**
     * Half of the time all files. Whatever a server writes fails then, and what halts it first
     * hides what the others would do; so the other times only files of one kind, mostly the log's.
     */
    private static String part(RandomGenerator random) {
      StoredPart[] parts = StoredPart.values();
      return switch (random.nextInt(8)) {
        case 0, 1, 2 -> StoredPart.LOG.text();
        case 3 -> parts[random.nextInt(parts.length)].text();
        default -> ANYWHERE;
      };
    }

    @Override
    void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done) {
      Trick trick = tricks.get((int) number(plan, "trick"));
      String part = word(plan, "part");
      for (ServerNode node : nodes) {
        boolean reads = (trick.calls() & READ) != 0;
        if (reads) {
          node.kill(); // what it holds in memory it reads again
        }
        IoFaults.begin(
            cluster().controlPage(node, Shim.IO),
            trick,
            number(plan, "ppm"),
            number(plan, "delay-us"),
            part.equals(ANYWHERE) ? "" : StoredPart.of(part).mark());
        if (reads) {
          cluster().start(node);
        }
      }
      done.put("calls", (long) trick.calls());
      done.put("action", (long) trick.action());
      done.put("ppm", number(plan, "ppm"));
      done.put("part", new Keyword(part));
    }

    @Override
    void healNodes(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        signs().addAll(IoFaults.end(cluster().controlPage(node, Shim.IO)));
      }
    }

    /**
     * What a node has read or met under the fault may end it a little later; then it is started
     * once more. Nothing of what is stored was damaged: a write that failed, also in the midst of
     * it, is what a loss of power leaves. So one that does not start now has damaged it itself.
     */
    @Override
    void settle(List<ServerNode> nodes, Map<String, Object> done) {
      for (ServerNode node : nodes) {
        if (Replacement.refuses(node)) {
          cluster().start(node);
          noteByHand(node);
          count("started-once-more", 1);
          if (Replacement.refuses(node)) {
            noteRefusal(
                "%s does not start, though nothing of what it stored was damaged: %s"
                    .formatted(node.name(), node.lastLine()));
          }
        }
      }
      Replacement.ofThoseThatRefuse(cluster(), nodes, signs(), done).forEach(this::noteByHand);
    }
  }
}
