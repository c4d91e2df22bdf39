package io.cairn.chaos.cli;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.cluster.ClusterFailure;
import io.cairn.chaos.mutant.Mutant;
import io.cairn.chaos.run.RunOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one workload under faults and judges it. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a workload on servers of its own while faults happen, and judges what was seen.",
      "Exit code 0: valid, 1: invalid, 2: unknown, or it could not be run.",
    })
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RunFlags flags;

  @Option(names = "--workload", required = true, description = "What clients do: see chaos ls.")
  private String workload = "";

  @Option(
      names = "--faults",
      split = ",",
      description = "What goes wrong, separated by commas: see chaos ls. Default: nothing.")
  private List<String> faults = List.of();

  @Option(names = "--out", description = "Folder for all that comes of it; must not exist.")
  private Optional<Path> out = Optional.empty();

  /** The command; picocli fills its fields. */
  @SuppressWarnings("NullAway.Init")
  public RunCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    Path folder = out.orElseGet(() -> freshFolder(workload));
    PrintWriter remarks = spec.commandLine().getErr();
    RunOptions options;
    try {
      options = flags.options(workload, faults, flags.seed(), folder);
    } catch (IllegalArgumentException e) {
      remarks.println("cairn chaos: " + e.getMessage());
      return Validity.UNKNOWN.exitCode();
    }
    return execute(options, Optional.empty(), spec.commandLine().getOut(), remarks);
  }

  /** A folder named by workload and time, below {@code target/chaos}. */
  static Path freshFolder(String name) {
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT)
            .format(LocalDateTime.now(ZoneOffset.UTC));
    return Path.of("target", "chaos", name + "-" + time);
  }

  /** Runs, tells, and returns the exit code. */
  static int execute(
      RunOptions options, Optional<Mutant> mutant, PrintWriter results, PrintWriter remarks)
      throws InterruptedException {
    try {
      RunSession.check(options);
      results.println("seed %d".formatted(options.seed()));
      results.flush();
      mutant.ifPresent(bug -> results.println("with the planted bug " + bug.name()));
      RunSession.Outcome outcome = new RunSession(options, remarks, mutant).run();
      tell(outcome, results);
      results.println(options.out().resolve("index.html"));
      results.flush();
      return outcome.validity().exitCode();
    } catch (IllegalArgumentException | ClusterFailure e) {
      remarks.println("cairn chaos: " + e.getMessage());
      remarks.flush();
      return Validity.UNKNOWN.exitCode();
    }
  }

  private static void tell(RunSession.Outcome outcome, PrintWriter results) {
    Verdict verdict = outcome.result().verdict();
    for (Map.Entry<String, Object> part : verdict.details().entrySet()) {
      if (part.getValue() instanceof Verdict each) {
        results.println("  %-20s %s".formatted(part.getKey(), word(each.validity())));
      }
    }
    outcome
        .result()
        .evidence()
        .forEach((fault, signs) -> results.println("  %-20s %s".formatted(fault, signs)));
    results.println("%s after %,d operations".formatted(word(verdict.validity()), outcome.ops()));
  }

  /** The parts that are not valid, and what they are. */
  static String blamed(Verdict verdict) {
    List<String> blamed = new ArrayList<>();
    verdict
        .details()
        .forEach(
            (part, of) -> {
              if (of instanceof Verdict each && each.validity() != Validity.VALID) {
                blamed.add(part + " " + word(each.validity()));
              }
            });
    return String.join(", ", blamed);
  }

  static String word(Validity validity) {
    return validity.name().toLowerCase(Locale.ROOT);
  }
}
