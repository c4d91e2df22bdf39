package io.cairn.chaos.cli;

import io.cairn.chaos.check.Checker;
import io.cairn.chaos.check.Checkers;
import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.ClusterOptions;
import io.cairn.chaos.cluster.Clusters;
import io.cairn.chaos.cluster.Installation;
import io.cairn.chaos.fault.Fault;
import io.cairn.chaos.fault.FaultKind;
import io.cairn.chaos.fault.Faults;
import io.cairn.chaos.mutant.Mutant;
import io.cairn.chaos.mutant.MutantBuild;
import io.cairn.chaos.report.RunPages;
import io.cairn.chaos.run.ChaosRun;
import io.cairn.chaos.run.RunFolder;
import io.cairn.chaos.run.RunOptions;
import io.cairn.chaos.run.Surroundings;
import io.cairn.chaos.run.Verdicts;
import io.cairn.chaos.workload.Workload;
import io.cairn.chaos.workload.Workloads;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One run from its options to its pages. */
final class RunSession {
  /** How long the end of this process waits for the run to end by itself, and then once more. */
  private static final long INTERRUPT_SECONDS_MAX = 10;

  private static final Duration CLOSE_MAX = Duration.ofMinutes(3);

  private final RunOptions options;
  private final PrintWriter remarks;
  private final Optional<Mutant> mutant;

  /** A run of the server as it is. */
  RunSession(RunOptions options, PrintWriter remarks) {
    this(options, remarks, Optional.empty());
  }

  /** A run of a server with a planted bug. */
  RunSession(RunOptions options, PrintWriter remarks, Optional<Mutant> mutant) {
    this.options = options;
    this.remarks = remarks;
    this.mutant = mutant;
  }

  /**
   * What came of it.
   *
   * @param ops operations that clients began
   */
  record Outcome(ChaosRun.Result result, long ops) {
    Validity validity() {
      return result.verdict().validity();
    }
  }

  /** Throws IllegalArgumentException for what cannot be run, and says why. */
  static void check(RunOptions options) {
    Workload ignored = Workloads.of(options.workload());
    options.faults().forEach(Faults::kind);
    Faults.clash(options.faults())
        .ifPresent(
            why -> {
              throw new IllegalArgumentException("these faults cannot go on together: " + why);
            });
    Map<String, String> missing = Faults.missing(options.faults());
    if (!missing.isEmpty()) {
      StringBuilder text = new StringBuilder("this machine cannot do what was asked:");
      missing.forEach((name, why) -> text.append("\n  ").append(name).append(": ").append(why));
      throw new IllegalArgumentException(text.toString());
    }
    if (Files.exists(options.out())) {
      throw new IllegalArgumentException(
          options.out() + " exists already: give --out a folder that does not");
    }
  }

  /**
   * Runs it. Throws ClusterFailure if the servers never serve, and InterruptedException if this
   * process is ending.
   */
  Outcome run() throws InterruptedException {
    refuseAtTheEnd();
    check(options);
    RunFolder folder = RunFolder.create(options.out());
    folder.writeTest(options, mutant.map(Mutant::name), Surroundings.values());
    Workload workload = Workloads.of(options.workload());
    Checker checker = Checkers.of(workload.name(), options.premises()).orElseThrow();
    ClusterOptions servers =
        Faults.prepare(
            ClusterOptions.of(options.nodes(), folder.path()).withNetwork(Clusters.bestNetwork()),
            options.faults());
    if (mutant.isPresent()) {
      Path classes = folder.path().resolve("mutant");
      Installation server = Installation.find();
      MutantBuild.build(server.home(), mutant.get(), server.classPath(), classes);
      servers = servers.withClassesInFront(classes);
    }
    CountDownLatch over = new CountDownLatch(1);
    try {
      return ranOn(Clusters.create(servers), workload, checker, folder, over);
    } finally {
      over.countDown();
    }
  }

  private Outcome ranOn(
      Cluster cluster, Workload workload, Checker checker, RunFolder folder, CountDownLatch over)
      throws InterruptedException {
    Closing closing = new Closing(CLOSE_MAX);
    List<Fault> faults = new ArrayList<>();
    Outcome outcome;
    try {
      for (String name : options.faults()) {
        faults.add(Faults.open(name, cluster));
      }
      ChaosRun run = new ChaosRun(options, workload, checker, cluster, faults);
      cluster.aroundExit(() -> stopAndWait(run, over), () -> awaitEnd(over));
      ChaosRun.Result result = watched(run, folder, cluster);
      outcome = new Outcome(result, run.recorder().invoked());
    } finally {
      for (Fault fault : faults) {
        closing.close(fault.name(), fault);
      }
      closing.close("cluster", cluster);
      closing.failures().forEach(remarks::println);
    }
    if (closing.failures().isEmpty()) {
      return outcome;
    }
    Outcome known = new Outcome(unclosed(outcome.result(), closing.failures()), outcome.ops());
    writeVerdict(folder, cluster, known.result());
    return known;
  }

  /** What was found is found, whatever broke behind it; what was not is unknown. */
  static ChaosRun.Result unclosed(ChaosRun.Result result, List<String> failures) {
    Map<String, Object> details = new LinkedHashMap<>(result.verdict().details());
    details.put("closing", new Verdict(Validity.UNKNOWN, Map.of("errors", failures)));
    Validity validity = result.verdict().validity().and(Validity.UNKNOWN);
    return new ChaosRun.Result(new Verdict(validity, details), result.history(), result.evidence());
  }

  /** The run ends its faults while the cluster is still there, if that does not take too long. */
  private static void stopAndWait(ChaosRun run, CountDownLatch over) {
    run.stop();
    boolean ignored = ends(over);
  }

  private void awaitEnd(CountDownLatch over) {
    if (!ends(over)) {
      remarks.println("the run did not end in time; what it has not written is lost");
    }
  }

  private static boolean ends(CountDownLatch over) {
    try {
      return over.await(INTERRUPT_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Whoever has many runs to do would make servers and namespaces for the next one while the
   * process ends, and nobody would take them away.
   */
  private static void refuseAtTheEnd() throws InterruptedException {
    Thread probe = new Thread(() -> {}, "chaos-probe");
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      boolean ignored = Runtime.getRuntime().removeShutdownHook(probe);
    } catch (IllegalStateException shuttingDown) {
      throw new InterruptedException("no run begins any more: this process is ending");
    }
  }

  /** An interrupt from the terminal ends the run early, but what there is gets written. */
  private ChaosRun.Result watched(ChaosRun run, RunFolder folder, Cluster cluster)
      throws InterruptedException {
    ProgressLine line = new ProgressLine(run, options.time(), remarks);
    try {
      ChaosRun.Result result = run.run();
      folder.writeHistory(result.history().ops());
      writeVerdict(folder, cluster, result);
      return result;
    } finally {
      line.close();
    }
  }

  private void writeVerdict(RunFolder folder, Cluster cluster, ChaosRun.Result result) {
    Map<String, Object> results = Verdicts.value(result.verdict());
    folder.writeResults(results);
    Map<String, Path> logs = folder.takeLogs(cluster);
    Map<String, String> colours = new LinkedHashMap<>();
    for (String name : options.faults()) {
      FaultKind kind = Faults.kind(name);
      colours.put(kind.name(), kind.colour());
    }
    new RunPages(options, result, colours, logs).write(folder.path());
  }
}
