package io.cairn.chaos.cli;

import io.cairn.chaos.check.Checker;
import io.cairn.chaos.check.Checkers;
import io.cairn.chaos.check.Validity;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One run from its options to its pages. */
final class RunSession {
  private static final long INTERRUPT_SECONDS_MAX = 20;

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
    folder.writeTest(options, Surroundings.values());
    Workload workload = Workloads.of(options.workload());
    Checker checker = Checkers.of(workload.name()).orElseThrow();
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
    try (Cluster cluster = Clusters.create(servers)) {
      List<Fault> faults = new ArrayList<>();
      try {
        for (String name : options.faults()) {
          faults.add(Faults.open(name, cluster));
        }
        ChaosRun run = new ChaosRun(options, workload, checker, cluster, faults);
        ChaosRun.Result result = watched(run, folder, cluster);
        return new Outcome(result, run.recorder().invoked());
      } finally {
        faults.forEach(Fault::close);
      }
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
    CountDownLatch over = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              run.stop();
              try {
                boolean ended = over.await(INTERRUPT_SECONDS_MAX, TimeUnit.SECONDS);
                if (!ended) {
                  remarks.println("the run did not end in time; its history is lost");
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "chaos-interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    ProgressLine line = new ProgressLine(run, options.time(), remarks);
    try {
      ChaosRun.Result result = run.run();
      write(folder, cluster, result);
      return result;
    } finally {
      line.close();
      over.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException shuttingDown) {
        remarks.println("broken off");
      }
    }
  }

  private void write(RunFolder folder, Cluster cluster, ChaosRun.Result result) {
    folder.writeHistory(result.history().ops());
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
