package io.cairn.chaos.cli;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.mutant.Mutant;
import io.cairn.chaos.mutant.Mutants;
import io.cairn.chaos.run.RunOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Plants bugs into the server, one at a time, and looks whether the run meant for each finds it.
 */
@Command(
    name = "mutants",
    mixinStandardHelpOptions = true,
    description = {
      "Plants known bugs into the server, each by itself, and runs what has to find it.",
      "Exit code 0: each was found, 1: one was not, 2: one could not be run.",
    })
public final class MutantsCommand implements Callable<Integer> {
  private static final int CONCURRENCY = 10;
  private static final Duration INTERVAL = Duration.ofSeconds(4);

  @Spec private CommandSpec spec;

  @Option(names = "--name", split = ",", description = "Only these. Default: all.")
  private List<String> names = List.of();

  @Option(
      names = "--minutes",
      defaultValue = "10",
      description = "No run for a bug begins later; each has another seed. Default: 10.")
  private int minutes;

  @Option(names = "--seed", defaultValue = "1", description = "Seed of the first run. Default: 1.")
  private long seed;

  @Option(names = "--out", description = "Folder for all runs; must not exist.")
  private Optional<Path> out = Optional.empty();

  @Option(names = "--list", description = "Only tell which there are.")
  private boolean list;

  /** The command; picocli fills its fields. */
  @SuppressWarnings("NullAway.Init")
  public MutantsCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter results = spec.commandLine().getOut();
    PrintWriter remarks = spec.commandLine().getErr();
    List<Mutant> chosen = chosen();
    if (list) {
      chosen.forEach(
          mutant ->
              results.println(
                  "%-28s %s [%s under %s]"
                      .formatted(
                          mutant.name(),
                          mutant.says(),
                          mutant.workload(),
                          String.join(",", mutant.faults()))));
      results.flush();
      return Validity.VALID.exitCode();
    }
    Path folder = out.orElseGet(() -> RunCommand.freshFolder("mutants"));
    Validity all = Validity.VALID;
    for (Mutant mutant : chosen) {
      all = all.and(hunt(mutant, folder, results, remarks));
    }
    return all.exitCode();
  }

  private List<Mutant> chosen() {
    if (names.isEmpty()) {
      return Mutants.ALL;
    }
    List<Mutant> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(
          Mutants.find(name)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "unknown mutant '%s'; there are: %s"
                              .formatted(
                                  name,
                                  String.join(
                                      ", ", Mutants.ALL.stream().map(Mutant::name).toList())))));
    }
    return chosen;
  }

  /** Runs with one seed after the other until the bug shows or the time is over. */
  private Validity hunt(Mutant mutant, Path folder, PrintWriter results, PrintWriter remarks)
      throws InterruptedException {
    long startNanos = System.nanoTime();
    for (int run = 0; run == 0 || elapsed(startNanos) < minutes * 60L; run++) {
      RunOptions options =
          new RunOptions(
              mutant.workload(),
              mutant.faults(),
              3,
              Duration.ofSeconds(mutant.seconds()),
              CONCURRENCY,
              mutant.rate(),
              INTERVAL,
              seed + run,
              folder.resolve("%s-%d".formatted(mutant.name(), run + 1)));
      Verdict verdict;
      List<String> seen;
      try {
        verdict = new RunSession(options, remarks, Optional.of(mutant)).run().result().verdict();
        seen = mutant.proof().seen(verdict);
      } catch (RuntimeException | Error e) {
        // Whatever it was, the other mutants are looked for all the same.
        results.println("not run  %-28s %s".formatted(mutant.name(), e));
        results.flush();
        return Validity.UNKNOWN;
      }
      boolean found = !seen.isEmpty();
      String by = found ? String.join(", ", seen) : RunCommand.blamed(verdict);
      results.println(
          "%-8s %-28s %4d s  seed %d  %s"
              .formatted(
                  found ? "found" : "not yet",
                  mutant.name(),
                  elapsed(startNanos),
                  options.seed(),
                  by));
      results.flush();
      if (found) {
        return Validity.VALID;
      }
    }
    return Validity.INVALID;
  }

  private static long elapsed(long startNanos) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
  }
}
