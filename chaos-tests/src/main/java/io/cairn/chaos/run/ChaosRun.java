package io.cairn.chaos.run;

import io.cairn.chaos.check.Checker;
import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.ClusterFailure;
import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.fault.Fault;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Context;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.generator.Seed;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.workload.Client;
import io.cairn.chaos.workload.Workload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run on a cluster that nobody else uses.
 *
 * <pre>
 * serving   all servers started, all serve
 * faults    clients and nemesis beside each other
 * healing   all faults ended; within 10 s all serve
 * final     every client reads
 * restart   SIGKILL for all, started again
 * final     every client reads again
 * digests   those of all nodes are the same
 * </pre>
 */
public final class ChaosRun {
  static final Duration HEAL_MAX = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(ChaosRun.class);
  private static final Duration SERVING_MAX = Duration.ofMinutes(2);
  private static final Duration FINAL_READS_MAX = Duration.ofMinutes(1);
  private static final Duration OP_MAX = Duration.ofSeconds(20);
  private static final int SETUP_TRIES = 5;

  private final RunOptions options;
  private final Workload workload;
  private final Checker checker;
  private final Cluster cluster;
  private final List<Fault> faults;
  private final Recorder recorder = new Recorder(System::nanoTime);
  private final Map<String, Verdict> parts = new LinkedHashMap<>();
  private final Interpreter interpreter;
  private volatile String phase = "starting";

  /** A run; the cluster and the faults are closed by who made them. */
  public ChaosRun(
      RunOptions options, Workload workload, Checker checker, Cluster cluster, List<Fault> faults) {
    this.options = options;
    this.workload = workload;
    this.checker = checker;
    this.cluster = cluster;
    this.faults = List.copyOf(faults);
    List<TestNode> nodes = cluster.nodes();
    this.interpreter =
        new Interpreter(
            recorder,
            options.concurrency(),
            OP_MAX,
            thread ->
                thread == Context.NEMESIS
                    ? new NemesisDuty(faults)
                    : new ClientDuty(workload, nodes.get(thread % nodes.size())));
  }

  /**
   * What came out.
   *
   * @param evidence of each fault, by its name
   */
  public record Result(Verdict verdict, History history, Map<String, Map<String, Long>> evidence) {}

  /** What is going on. Any thread. */
  public String phase() {
    return phase;
  }

  /** The counts so far. Any thread. */
  public Recorder recorder() {
    return recorder;
  }

  /** Breaks the run off; {@link #run} returns soon, with what there is. Any thread. */
  public void stop() {
    interpreter.stop();
  }

  /**
   * Runs all phases.
   *
   * @throws ClusterFailure if the servers do not serve at the beginning
   */
  public Result run() throws InterruptedException {
    try {
      cluster.startAll();
      cluster.awaitServing(SERVING_MAX);
      setup();
      recorder.begin();
      phases();
    } finally {
      interpreter.close();
    }
    return judged();
  }

  /** What was seen until something broke here is judged all the same. */
  private void phases() throws InterruptedException {
    try {
      phase = "faults";
      interpreter.run(schedule());
      heal();
      if (!interpreter.isStopped()) {
        finalReads("final");
        restart();
        finalReads("final-after-restart");
        digests();
      }
    } catch (RuntimeException e) {
      LOG.warn("a run broke", e);
      parts.put("whole", Verdicts.of(Validity.UNKNOWN, "error", phase + " broke: " + e));
    }
  }

  /** The faults beside the operations, for the time of the run. */
  Generator schedule() {
    Seed seed = new Seed(options.seed());
    Generator[] cycles =
        faults.stream()
            .map(fault -> FaultCycle.of(seed.child("faults"), fault, options.interval()))
            .toArray(Generator[]::new);
    Duration gap = Duration.ofNanos(1_000_000_000L / options.ratePerSecond());
    return Generators.timeLimit(
        options.time(),
        Generators.beside(
            Generators.any(cycles),
            Generators.stagger(seed.child("stagger"), gap, workload.operations(plan()))));
  }

  private Workload.Plan plan() {
    return new Workload.Plan(
        new Seed(options.seed()).child("workload"), options.concurrency(), options.nodes());
  }

  private void setup() {
    phase = "setting up";
    RuntimeException last = new IllegalStateException("no try");
    for (int i = 0; i < SETUP_TRIES; i++) {
      try (Client client = workload.open(cluster.nodes().get(0), 0)) {
        client.setup();
        return;
      } catch (RuntimeException e) {
        last = e;
      }
    }
    throw new ClusterFailure("the servers serve, but the workload cannot be set up: " + last, last);
  }

  private void heal() throws InterruptedException {
    phase = "healing";
    Generator ends =
        Generators.nemesis(
            Generators.each(
                faults.stream().map(fault -> new Call("stop-" + fault.name(), null)).toList()));
    interpreter.runToEnd(ends);
    if (interpreter.isStopped()) {
      return;
    }
    Verdict healed = serving("heal", cluster::startAll, HEAL_MAX);
    List<String> lasting = faultsThatDidNotEnd();
    parts.put(
        "heal", lasting.isEmpty() ? healed : Verdicts.of(Validity.UNKNOWN, "not-ended", lasting));
  }

  /** What a fault of which the harness is not rid does to the servers, says nothing of them. */
  private List<String> faultsThatDidNotEnd() {
    List<Op> ops = recorder.history().ops();
    Map<String, Boolean> ended = new LinkedHashMap<>();
    for (Op op : ops) {
      if (!op.isClient() && op.f().startsWith("stop-")) {
        ended.put(op.f().substring("stop-".length()), !op.extras().containsKey("error"));
      }
    }
    return ended.keySet().stream().filter(name -> !Boolean.TRUE.equals(ended.get(name))).toList();
  }

  private void restart() {
    phase = "restart of all";
    parts.put(
        "restart",
        serving(
            "restart-all",
            () -> {
              cluster.killAll();
              cluster.startAll();
            },
            SERVING_MAX));
  }

  /** Two lines of the nemesis, and how long it took until all served; too long is a failure. */
  private Verdict serving(String name, Runnable act, Duration limit) {
    recorder.record(OpType.INFO, Op.NEMESIS, name, null, Map.of());
    Verdict verdict;
    long began = recorder.nowNanos();
    try {
      act.run();
      cluster.awaitServing(limit.plus(SERVING_MAX));
      long millis = (recorder.nowNanos() - began) / 1_000_000;
      Validity validity = millis <= limit.toMillis() ? Validity.VALID : Validity.INVALID;
      verdict =
          Verdicts.of(
              validity,
              "serving-ms",
              millis,
              "limit-ms",
              limit.toMillis(),
              "load",
              Surroundings.load());
    } catch (ClusterFailure e) {
      verdict =
          Verdicts.of(
              Validity.INVALID,
              "limit-ms",
              limit.plus(SERVING_MAX).toMillis(),
              "error",
              String.valueOf(e.getMessage()));
    }
    recorder.record(
        OpType.INFO, Op.NEMESIS, name, Verdicts.word(verdict.validity()), Map.of("done", true));
    return verdict;
  }

  private void finalReads(String name) throws InterruptedException {
    phase = "final reads";
    History before = recorder.history();
    long okBefore = recorder.ok();
    long begunBefore = recorder.invoked();
    interpreter.run(
        Generators.timeLimit(
            FINAL_READS_MAX, Generators.clients(workload.finalReads(plan(), before))));
    long begun = recorder.invoked() - begunBefore;
    long ok = recorder.ok() - okBefore;
    List<String> silent = workload.readsOnEveryNode() ? nodesWithoutRead(before) : List.of();
    Validity some = silent.isEmpty() ? Validity.VALID : Validity.UNKNOWN;
    Validity validity = ok > 0 ? some : Validity.INVALID;
    parts.put(name, Verdicts.of(validity, "reads", begun, "ok", ok, "nodes-unread", silent));
  }

  /** Nodes whose clients have read nothing since then: what lies there was not looked at. */
  private List<String> nodesWithoutRead(History before) {
    List<TestNode> nodes = cluster.nodes();
    Map<String, Boolean> read = new LinkedHashMap<>();
    List<Op> ops = recorder.history().ops();
    for (Op op : ops.subList(before.ops().size(), ops.size())) {
      if (op.isClient()) {
        int thread = Math.toIntExact(op.process() % options.concurrency());
        read.merge(
            nodes.get(thread % nodes.size()).name(), op.type() == OpType.OK, Boolean::logicalOr);
      }
    }
    return read.keySet().stream().filter(name -> !Boolean.TRUE.equals(read.get(name))).toList();
  }

  private void digests() {
    phase = "digests";
    try {
      Map<String, String> digests = cluster.digests();
      parts.put("digests", Verdicts.of(compared(digests), "nodes", digests));
    } catch (ClusterFailure e) {
      parts.put("digests", Verdicts.of(Validity.UNKNOWN, "error", String.valueOf(e.getMessage())));
    }
  }

  /** A node that told no digest has not been compared with anybody. */
  private Validity compared(Map<String, String> digests) {
    boolean differ =
        digests.values().stream().filter(told -> !told.isEmpty()).distinct().count() > 1;
    if (differ) {
      return Validity.INVALID;
    }
    boolean all = digests.size() >= options.nodes() && !digests.containsValue("");
    return all ? Validity.VALID : Validity.UNKNOWN;
  }

  private Result judged() {
    phase = "checking";
    History history = recorder.history();
    Map<String, Map<String, Long>> evidence = new LinkedHashMap<>();
    faults.forEach(fault -> evidence.put(fault.name(), fault.evidence()));
    Map<String, Verdict> all = new LinkedHashMap<>();
    all.put("workload", Verdicts.guarded(() -> checker.check(history)));
    all.putAll(parts);
    all.put("faults", EvidenceCheck.of(history, faults));
    all.put("stats", Stats.of(history));
    if (interpreter.isStopped()) {
      all.put("whole", Verdicts.of(Validity.UNKNOWN, "error", "the run was broken off"));
    }
    return new Result(Verdicts.compose(all), history, evidence);
  }
}
