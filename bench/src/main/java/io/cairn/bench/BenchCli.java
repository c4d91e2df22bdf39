package io.cairn.bench;

import io.cairn.bench.compare.Fault;
import io.cairn.bench.compare.Plan;
import io.cairn.bench.jobs.CheckpointBench;
import io.cairn.bench.jobs.IdleWorkersBench;
import io.cairn.bench.jobs.TaskBench;
import io.cairn.bench.jobs.TaskLoad;
import io.cairn.bench.jobs.WorkerFailoverBench;
import io.cairn.bench.load.GrowthBench;
import io.cairn.bench.load.IdleBench;
import io.cairn.bench.load.PutBench;
import io.cairn.bench.load.PutLoad;
import io.cairn.bench.load.RestartBench;
import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.report.Figures;
import io.cairn.client.CairnException;
import io.cairn.protocol.Limits;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures. Figures go to standard output, progress and errors to standard error. */
@Command(
    name = "cairn bench",
    description = {
      "Measures Cairn on this machine, with servers of its own in a temporary folder.",
      "Figures are only worth what the machine was idle besides: see the loads in each report.",
    })
public final class BenchCli {
  private static final int SERVERS = 3;
  private static final String FLIGHTS = "examples/flights/flights-200k.csv.gz";
  private static final int SECONDS_MAX = 86_400;
  private static final int REPEATS_MAX = 1_000;

  private final Path launcher;
  private final PrintWriter results;
  private final PrintWriter remarks;

  @Option(
      names = {"-o", "--output"},
      scope = CommandLine.ScopeType.INHERIT,
      defaultValue = "TEXT",
      description = "text or json.")
  private Form form = Form.TEXT;

  @Option(
      names = "--dir",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Folder for the servers, empty or absent. It is removed at the end.")
  private Optional<Path> dir = Optional.empty();

  @Option(
      names = {"-h", "--help"},
      scope = CommandLine.ScopeType.INHERIT,
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean help;

  /** How figures are written. */
  enum Form {
    /** A line for each. */
    TEXT,
    /** One object. */
    JSON
  }

  /** Measures with servers that {@code launcher} starts. */
  private BenchCli(Path launcher, PrintWriter results, PrintWriter remarks) {
    this.launcher = launcher;
    this.results = results;
    this.remarks = remarks;
  }

  /** Runs one measurement; ends the process with 0, 1 for a failure, 2 for wrong usage. */
  public static void main(String[] arguments) {
    System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    LogManager.getLogManager().reset();
    Path launcher = Path.of(System.getProperty("cairn.home", "."), "cairn");
    System.exit(
        run(
            launcher,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments));
  }

  /** Runs one measurement; returns the exit code. */
  static int run(Path launcher, PrintWriter results, PrintWriter remarks, String... arguments) {
    CommandLine line = new CommandLine(new BenchCli(launcher, results, remarks));
    line.setOut(results);
    line.setErr(remarks);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof IllegalArgumentException) {
            remarks.println("cairn bench: " + failure.getMessage());
            return CommandLine.ExitCode.USAGE;
          }
          if (failure instanceof BenchFailure || failure instanceof CairnException) {
            remarks.println("cairn bench: " + failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
          }
          throw failure;
        });
    if (arguments.length == 0) {
      line.usage(remarks);
      return CommandLine.ExitCode.USAGE;
    }
    return line.execute(arguments);
  }

  /** Options of {@code put}. */
  static final class PutOptions {
    @Option(names = "--value", defaultValue = "256", description = "Bytes of a value.")
    private int value;

    @Option(
        names = "--outstanding",
        defaultValue = "256",
        description = "Puts of a client that wait for their answers at any time.")
    private int outstanding;

    @Option(names = "--clients", defaultValue = "1", description = "Clients.")
    private int clients;

    @Option(names = "--keys", defaultValue = "100000", description = "Keys written in turn.")
    private int keys;

    @Option(names = "--warmup", defaultValue = "30", description = "Seconds before the look.")
    private int warmup;

    @Option(names = "--seconds", defaultValue = "30", description = "Seconds of the look.")
    private int seconds;

    @Option(names = "--endpoints", description = "Servers to use instead of own ones.")
    private Optional<String> endpoints = Optional.empty();
  }

  @Command(name = "put", description = "Rate and times of puts in a closed loop.")
  int put(@Mixin PutOptions options) {
    PutLoad load = new PutLoad(options.value, options.outstanding, options.clients, options.keys);
    PutLoad.require("warmup", options.warmup, 0, SECONDS_MAX);
    PutLoad.require("seconds", options.seconds, 1, SECONDS_MAX);
    if (options.endpoints.isPresent()) {
      show(
          new PutBench(options.endpoints.get(), List.of())
              .run(load, options.warmup, options.seconds));
      return CommandLine.ExitCode.OK;
    }
    try (NodeCluster cluster = NodeCluster.start(launcher, SERVERS, dir)) {
      show(
          new PutBench(cluster.endpoints(), cluster.nodes())
              .run(load, options.warmup, options.seconds));
    }
    return CommandLine.ExitCode.OK;
  }

  @Command(name = "idle", description = "Processor time and memory of servers without work.")
  int idle(
      @Option(
              names = "--settle",
              defaultValue = "150",
              description = "Seconds before the look, in which JVMs compile what idling takes.")
          int settle,
      @Option(names = "--seconds", defaultValue = "60", description = "Seconds of the look.")
          int seconds) {
    PutLoad.require("settle", settle, 0, SECONDS_MAX);
    PutLoad.require("seconds", seconds, 1, SECONDS_MAX);
    try (NodeCluster cluster = NodeCluster.start(launcher, SERVERS, dir)) {
      tell("Leaving the servers alone for %d s, then measuring for %d".formatted(settle, seconds));
      show(IdleBench.run(cluster.nodes(), settle, seconds));
    }
    return CommandLine.ExitCode.OK;
  }

  @Command(
      name = "failover",
      description = "Gap between two puts when the leader is killed, frozen or stopped.")
  int failover(
      @Option(names = "--repeats", defaultValue = "30", description = "How often.") int repeats,
      @Option(names = "--fault", defaultValue = "KILL", description = "kill, freeze or stop.")
          Fault fault,
      @Option(
              names = "--peers",
              split = ",",
              defaultValue = "none",
              description = "Stores beside Cairn: etcd, zookeeper, or none.")
          List<String> peers,
      @Option(names = "--out", description = "Folder for report.html.") Optional<Path> out) {
    PutLoad.require("repeats", repeats, 1, REPEATS_MAX);
    out.ifPresent(PeersOptions::requireNoFile);
    show(
        new Comparing(launcher, dir, this::tell)
            .failover(PeersOptions.stores(peers), fault, repeats, out));
    return CommandLine.ExitCode.OK;
  }

  @Command(
      name = "restart",
      description = "Time from the start of a process until it serves; memory and disk of keys.")
  int restart(
      @Option(
              names = "--keys",
              split = ",",
              defaultValue = "0,1000000",
              description = "Keys to store first: rising numbers, each measured.")
          List<Integer> keys,
      @Option(names = "--value", defaultValue = "256", description = "Bytes of a value.")
          int value) {
    requireRising(keys, 0);
    PutLoad.require("value", value, 0, Limits.VALUE_BYTES_MAX);
    try (NodeCluster cluster = NodeCluster.start(launcher, SERVERS, dir)) {
      show(new RestartBench(cluster).run(value, keys, this::tell));
    }
    return CommandLine.ExitCode.OK;
  }

  @Command(
      name = "growth",
      description = {
        "Rate of puts as keys grow in number: 256 outstanding, over all keys there are.",
        "History is given up before each measurement.",
      })
  int growth(
      @Option(
              names = "--keys",
              split = ",",
              defaultValue = "10000,1000000",
              description = "Numbers of keys, rising, each measured.")
          List<Integer> keys,
      @Option(names = "--value", defaultValue = "256", description = "Bytes of a value.") int value,
      @Option(names = "--warmup", defaultValue = "60", description = "Seconds of puts before.")
          int warmup,
      @Option(
              names = "--seconds",
              defaultValue = "20",
              description = "Seconds of each measurement.")
          int seconds) {
    requireRising(keys, 1);
    PutLoad.require("value", value, 0, Limits.VALUE_BYTES_MAX);
    PutLoad.require("warmup", warmup, 0, SECONDS_MAX);
    PutLoad.require("seconds", seconds, 1, SECONDS_MAX);
    try (NodeCluster cluster = NodeCluster.start(launcher, SERVERS, dir)) {
      show(new GrowthBench(cluster, this::tell).run(value, keys, warmup, seconds));
    }
    return CommandLine.ExitCode.OK;
  }

  private static void requireRising(List<Integer> keys, int least) {
    long next = least;
    for (int count : keys) {
      PutLoad.require("keys", count, next, PutLoad.KEYS_MAX);
      next = count + 1L;
    }
  }

  @Command(
      name = "jobs",
      description = {
        "Tasks per second of jobs that do nothing, from submission to success.",
        "Or, with an option of their own: idle workers, a killed worker, the cost of checkpoints.",
      })
  int jobs(@Mixin JobsOptions options) {
    options.check();
    TaskLoad load = new TaskLoad(options.tasks(), options.workers, options.concurrency);
    try (NodeCluster cluster = NodeCluster.start(launcher, SERVERS, dir)) {
      if (options.idleWorkers.isPresent()) {
        int workers = options.idleWorkers.get();
        show(
            new IdleWorkersBench(cluster, this::tell)
                .run(workers, Math.min(workers, options.clients), options.seconds));
      } else if (options.failover) {
        show(
            new WorkerFailoverBench(cluster, this::tell)
                .run(load.tasks(), Duration.ofMillis(options.ttlMillis), options.repeats));
      } else if (options.flights) {
        show(
            new CheckpointBench(cluster, launcher.resolveSibling(FLIGHTS), this::tell)
                .run(options.hashes, options.repeats, options.warmup));
      } else {
        show(new TaskBench(cluster, load, this::tell).run(options.warmup, options.repeats));
      }
    }
    return CommandLine.ExitCode.OK;
  }

  @Command(
      name = "peers",
      description = {
        "Cairn beside etcd, ZooKeeper and PostgreSQL, in turn, under the same load.",
        "Each runs in a folder of the bench with the durability it is delivered with; one that is"
            + " not installed is skipped, and reported so.",
      })
  int peers(@Mixin PeersOptions options) {
    Plan plan = options.plan();
    results.print(
        new Comparing(launcher, dir, this::tell)
            .peers(plan, options.json, options.out, form == Form.JSON));
    results.flush();
    return CommandLine.ExitCode.OK;
  }

  private void show(Figures figures) {
    results.print(form == Form.JSON ? figures.json() : figures.text());
    results.flush();
  }

  private void tell(String line) {
    remarks.println(line);
  }
}
