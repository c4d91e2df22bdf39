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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run on a cluster that nobody else uses.
 *
 * <pre>
 * serving   all servers started, all serve
 * faults    clients and nemesis beside each other
 * healing   all faults ended; within 10 s of that all serve
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

  /** How long a final read is tried again: all nodes serve by then. */
  private static final Duration FINAL_READ_TRIED_MAX = Duration.ofSeconds(30);

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
  private final Duration patience;
  private volatile String phase = "starting";

  /** A run; the cluster and the faults are closed by who made them. */
  public ChaosRun(
      RunOptions options, Workload workload, Checker checker, Cluster cluster, List<Fault> faults) {
    this(options, workload, checker, cluster, faults, FINAL_READ_TRIED_MAX);
  }

  /** The same, with how long a final read is tried again. */
  ChaosRun(
      RunOptions options,
      Workload workload,
      Checker checker,
      Cluster cluster,
      List<Fault> faults,
      Duration patience) {
    this.patience = patience;
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

  /** One after the other, until the run is broken off. */
  private interface Step {
    void take() throws InterruptedException;
  }

  /** What was seen until something broke here is judged all the same. */
  private void phases() throws InterruptedException {
    List<Step> after =
        List.of(
            () -> finalReads("final"),
            this::restart,
            () -> finalReads("final-after-restart"),
            this::digests);
    try {
      phase = "faults";
      long overNanos = System.nanoTime() + options.time().toNanos();
      try (ServingWatch watch = ServingWatch.of(cluster)) {
        interpreter.run(schedule());
        heal(watch, overNanos);
      }
      for (Step step : after) {
        if (!interpreter.isStopped()) {
          step.take();
        }
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

  /** {@code overNanos}: when no fault began any more; one may have ended since, or be ending. */
  private void heal(ServingWatch watch, long overNanos) throws InterruptedException {
    phase = "healing";
    Generator ends =
        Generators.nemesis(
            Generators.each(
                faults.stream().map(fault -> new Call("stop-" + fault.name(), null)).toList()));
    long beganNanos = System.nanoTime();
    interpreter.runToEnd(ends);
    if (interpreter.isStopped()) {
      return;
    }
    Verdict healed = serving("heal", HEAL_MAX, () -> healed(watch, overNanos, beganNanos));
    List<String> lasting = faultsThatDidNotEnd();
    judge("heal", lasting.isEmpty() ? healed : Verdicts.of(Validity.UNKNOWN, "not-ended", lasting));
  }

  /**
   * How long the slowest node took since the last cause was taken away, whatever the ends of the
   * faults waited for meanwhile. What an operator had to replace is told, but not held against it.
   */
  private Verdict healed(ServingWatch watch, long overNanos, long beganNanos) {
    cluster.startAll();
    cluster.awaitServing(HEAL_MAX.plus(SERVING_MAX));
    List<Fault.Ending> endings = faults.stream().flatMap(of -> of.lastEnding().stream()).toList();
    long sinceNanos =
        endings.stream()
            .filter(ending -> ending.endedNanos() - overNanos >= 0)
            .mapToLong(Fault.Ending::liftedNanos)
            .max()
            .orElse(beganNanos);
    Map<String, Object> byHand = new LinkedHashMap<>();
    endings.stream()
        .filter(ending -> beganNanos - ending.endedNanos() < HEAL_MAX.toNanos()) // not long ago
        .forEach(ending -> ending.byHand().forEach(node -> byHand.put(node, 0L)));
    long slowest = 0;
    for (TestNode node : cluster.nodes()) {
      long millis = watch.millisAfter(sinceNanos, node.name());
      if (byHand.replace(node.name(), millis) == null) {
        slowest = Math.max(slowest, millis);
      }
    }
    return served(slowest, HEAL_MAX, byHand);
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
    judge(
        "restart",
        serving(
            "restart-all",
            SERVING_MAX,
            () -> {
              long beganNanos = System.nanoTime();
              cluster.killAll();
              cluster.startAll();
              cluster.awaitServing(SERVING_MAX.plus(SERVING_MAX));
              long millis = (System.nanoTime() - beganNanos) / 1_000_000;
              return served(millis, SERVING_MAX, Map.of());
            }));
  }

  /** Too long is a failure. */
  private static Verdict served(long millis, Duration limit, Map<String, Object> byHand) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("serving-ms", millis);
    details.put("limit-ms", limit.toMillis());
    details.put("load", Surroundings.load());
    if (!byHand.isEmpty()) {
      details.put("replaced-by-hand-ms", byHand);
    }
    return new Verdict(millis <= limit.toMillis() ? Validity.VALID : Validity.INVALID, details);
  }

  /**
   * A part of the verdict. Once the run is broken off, servers are killed and clients interrupted:
   * whatever fails from then on is no fault of theirs.
   */
  private void judge(String part, Verdict verdict) {
    parts.put(part, unlessStopped(verdict));
  }

  private Verdict unlessStopped(Verdict verdict) {
    return interpreter.isStopped() && verdict.validity() == Validity.INVALID
        ? new Verdict(Validity.UNKNOWN, verdict.details())
        : verdict;
  }

  /** Two lines of the nemesis, and how long it took until all served. */
  private Verdict serving(String name, Duration limit, Supplier<Verdict> act) {
    recorder.record(OpType.INFO, Op.NEMESIS, name, null, Map.of());
    Verdict verdict;
    try {
      verdict = unlessStopped(act.get());
    } catch (ClusterFailure e) {
      verdict =
          unlessStopped(
              Verdicts.of(
                  Validity.INVALID,
                  "limit-ms",
                  limit.plus(SERVING_MAX).toMillis(),
                  "error",
                  String.valueOf(e.getMessage())));
    }
    recorder.record(
        OpType.INFO, Op.NEMESIS, name, Verdicts.word(verdict.validity()), Map.of("done", true));
    return verdict;
  }

  private void finalReads(String name) throws InterruptedException {
    phase = "final reads";
    History before = recorder.history();
    FinalReads reads =
        new FinalReads(
            workload.finalReads(plan(), before),
            options.concurrency(),
            cluster.nodes(),
            workload.readsOnEveryNode());
    interpreter.run(
        Generators.timeLimit(FINAL_READS_MAX, Generators.clients(reads.generator(patience))),
        Map.of(Workload.FINAL, true));
    List<Op> ops = recorder.history().ops();
    judge(name, reads.judged(ops.subList(before.ops().size(), ops.size())));
  }

  private void digests() {
    phase = "digests";
    try {
      Map<String, String> digests = cluster.digests();
      judge("digests", Verdicts.of(compared(digests), "nodes", digests));
    } catch (ClusterFailure e) {
      judge("digests", Verdicts.of(Validity.UNKNOWN, "error", String.valueOf(e.getMessage())));
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
    all.put("faults", unlessStopped(EvidenceCheck.of(history, faults)));
    all.put(
        "exits",
        unlessStopped(
            Verdicts.guarded(() -> ExitCheck.of(faults, cluster.ownExits(), cluster.logs()))));
    all.put("stats", Stats.of(history));
    if (interpreter.isStopped()) {
      all.put("whole", Verdicts.of(Validity.UNKNOWN, "error", "the run was broken off"));
    }
    return new Result(Verdicts.compose(all), history, evidence);
  }
}
