package io.cairn.chaos.cli;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.cluster.ClusterFailure;
import io.cairn.chaos.fault.Faults;
import io.cairn.chaos.report.MatrixPage;
import io.cairn.chaos.run.RunOptions;
import io.cairn.chaos.workload.Workloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs workloads by faults, one run after the other. */
@Command(
    name = "matrix",
    mixinStandardHelpOptions = true,
    description = {
      "Runs each workload under each fault, then under pairs of faults, until the time is over.",
      "The order comes from the seed. Exit code as of run, by the worst verdict.",
    })
public final class MatrixCommand implements Callable<Integer> {
  private static final int MINUTES_MAX = 100_000;
  private static final int TIMES_MAX = 1_000;

  @Spec private CommandSpec spec;

  @Mixin private RunFlags flags;

  @Option(names = "--minutes", required = true, description = "No run begins later.")
  private int minutes;

  @Option(names = "--workloads", split = ",", description = "Default: all.")
  private List<String> workloads = Workloads.names();

  @Option(names = "--faults", split = ",", description = "Default: all that can run here.")
  private List<String> faults = List.of();

  @Option(
      names = "--telling",
      description = "Each fault only with the two workloads that tell most; no pairs of faults.")
  private boolean telling;

  @Option(
      names = "--times",
      defaultValue = "1",
      description = "Each workload under each fault so often, before pairs. Default: 1.")
  private int times;

  @Option(names = "--out", description = "Folder for all runs; must not exist.")
  private Optional<Path> out = Optional.empty();

  /** The command; picocli fills its fields. */
  @SuppressWarnings("NullAway.Init")
  public MatrixCommand() {}

  /** A workload and its faults. */
  record Plan(String workload, List<String> faults) {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter results = spec.commandLine().getOut();
    PrintWriter remarks = spec.commandLine().getErr();
    Path folder = out.orElseGet(() -> RunCommand.freshFolder("matrix"));
    List<String> asked = faults.isEmpty() ? Faults.names() : faults;
    try {
      check(asked, folder);
    } catch (IllegalArgumentException | IOException e) {
      remarks.println("cairn chaos: " + e.getMessage());
      return Validity.UNKNOWN.exitCode();
    }
    Map<String, String> missing = new LinkedHashMap<>(Faults.missing(asked));
    missing.forEach((name, why) -> remarks.println("CANNOT RUN HERE: %s: %s".formatted(name, why)));
    List<String> possible = asked.stream().filter(name -> !missing.containsKey(name)).toList();
    long seed = flags.seed();
    results.println("seed %d".formatted(seed));
    MatrixPage page = new MatrixPage(missing);
    long endNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
    int number = 0;
    for (Plan plan : plans(possible, seed)) {
      if (System.nanoTime() - endNanos >= 0) {
        break;
      }
      number++;
      String name = "%03d-%s-%s".formatted(number, plan.workload(), named(plan));
      RunOptions options =
          flags.options(plan.workload(), plan.faults(), seed + number, folder.resolve(name));
      MatrixPage.Cell cell = run(options, name, remarks);
      page.add(cell);
      page.write(folder);
      results.println(line(cell));
      results.flush();
    }
    results.println(folder.resolve("index.html"));
    results.flush();
    return page.validity().exitCode();
  }

  private void check(List<String> asked, Path folder) throws IOException {
    workloads.forEach(Workloads::of);
    asked.forEach(Faults::kind);
    if (minutes < 1 || minutes > MINUTES_MAX) {
      throw new IllegalArgumentException(
          "--minutes is %d, allowed are 1 to %d".formatted(minutes, MINUTES_MAX));
    }
    if (times < 1 || times > TIMES_MAX) {
      throw new IllegalArgumentException(
          "--times is %d, allowed are 1 to %d".formatted(times, TIMES_MAX));
    }
    RunOptions ignored = flags.options(workloads.get(0), List.of(), 0, folder);
    if (Files.exists(folder)) {
      throw new IllegalArgumentException(
          folder + " exists already: give --out a folder that does not");
    }
    Files.createDirectories(folder);
  }

  private List<Plan> plans(List<String> possible, long seed) {
    List<Plan> once = telling ? telling(possible) : plans(workloads, possible, seed);
    List<Plan> all = new ArrayList<>();
    for (int i = 1; i < times; i++) {
      once.stream().filter(plan -> plan.faults().size() == 1).forEach(all::add);
    }
    all.addAll(once);
    return all;
  }

  /** Each fault with its two workloads, in the order of the faults. */
  static List<Plan> telling(List<String> possible) {
    return possible.stream()
        .flatMap(
            fault ->
                TellingWorkloads.of(fault).stream()
                    .map(workload -> new Plan(workload, List.of(fault))))
        .toList();
  }

  /**
   * Each workload under each fault, then under pairs that do not clash, both in an order of chance.
   */
  static List<Plan> plans(List<String> workloads, List<String> possible, long seed) {
    List<Plan> single = new ArrayList<>();
    List<Plan> pairs = new ArrayList<>();
    for (String workload : workloads) {
      for (int i = 0; i < possible.size(); i++) {
        single.add(new Plan(workload, List.of(possible.get(i))));
        for (int j = i + 1; j < possible.size(); j++) {
          List<String> pair = List.of(possible.get(i), possible.get(j));
          if (Faults.clash(pair).isEmpty()) {
            pairs.add(new Plan(workload, pair));
          }
        }
      }
    }
    Random random = new Random(seed);
    Collections.shuffle(single, random);
    Collections.shuffle(pairs, random);
    single.addAll(pairs);
    return single;
  }

  private static String named(Plan plan) {
    return plan.faults().isEmpty() ? "none" : String.join("-", plan.faults());
  }

  private static MatrixPage.Cell run(RunOptions options, String name, PrintWriter remarks)
      throws InterruptedException {
    long began = System.nanoTime();
    Validity validity = Validity.UNKNOWN;
    long ops = 0;
    OptionalLong healMillis = OptionalLong.empty();
    String note;
    try {
      RunSession.Outcome outcome = new RunSession(options, remarks).run();
      validity = outcome.validity();
      ops = outcome.ops();
      healMillis = healMillis(outcome.result().verdict());
      note = RunCommand.blamed(outcome.result().verdict());
    } catch (IllegalArgumentException | ClusterFailure e) {
      note = String.valueOf(e.getMessage());
    } catch (RuntimeException | Error e) {
      note = "the run broke by itself: " + e; // those after it are done all the same
      e.printStackTrace(remarks);
    }
    return new MatrixPage.Cell(
        options.workload(),
        options.faults(),
        options.seed(),
        validity,
        ops,
        (System.nanoTime() - began) / 1e9,
        healMillis,
        name,
        note);
  }

  /** How long after the faults all served. */
  private static OptionalLong healMillis(Verdict verdict) {
    return verdict.details().get("heal") instanceof Verdict heal
            && heal.details().get("serving-ms") instanceof Long millis
        ? OptionalLong.of(millis)
        : OptionalLong.empty();
  }

  private static String line(MatrixPage.Cell cell) {
    return String.format(
        Locale.ROOT,
        "%-8s %-10s %-32s %,8d ops %5.0f s  heal %6s ms  seed %d  %s",
        RunCommand.word(cell.validity()),
        cell.workload(),
        String.join("+", cell.faults()),
        cell.ops(),
        cell.seconds(),
        cell.healMillis().isPresent() ? cell.healMillis().getAsLong() : "?",
        cell.seed(),
        cell.note());
  }
}
