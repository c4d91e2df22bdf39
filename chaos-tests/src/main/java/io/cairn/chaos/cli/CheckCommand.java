package io.cairn.chaos.cli;

import io.cairn.chaos.check.Checker;
import io.cairn.chaos.check.Checkers;
import io.cairn.chaos.check.Premises;
import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.history.EdnText;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.HistoryReader;
import io.cairn.chaos.history.MalformedHistory;
import io.cairn.chaos.run.RunFolder;
import io.cairn.chaos.run.Verdicts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges a history from a file, of any source. Writes the verdict as EDN. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Checks a history: one operation map a line, as Jepsen writes them.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:valid", "1:invalid", "2:unknown, no history, or wrong usage"})
final class CheckCommand implements Callable<Integer> {
  private final PrintWriter results;
  private final PrintWriter remarks;

  @Option(
      names = "--workload",
      required = true,
      description =
          "What the history is of: append, bank, counter, lease, lock, recovery, register, set,"
              + " task or watch.")
  private String workload = "";

  @Option(
      names = "--clock-rate",
      description =
          "How fast a steady clock of the store may have run, such as 1.5: so much earlier a lease"
              + " may end. Default: what test.edn beside the history says of its run, else 1.")
  private Optional<Double> clockRate = Optional.empty();

  @Parameters(paramLabel = "history.edn", description = "The history.")
  private Path file = Path.of("");

  CheckCommand(PrintWriter results, PrintWriter remarks) {
    this.results = results;
    this.remarks = remarks;
  }

  @Override
  public Integer call() {
    if (!Checkers.workloads().contains(workload)) {
      throw new IllegalArgumentException(
          "no workload '" + workload + "', only " + Checkers.workloads());
    }
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("no file " + file);
    }
    Checker checker = Checkers.of(workload, premises()).orElseThrow();
    Verdict verdict = judge(checker);
    results.println(EdnText.of(verdict.toMap()));
    return verdict.validity().exitCode();
  }

  private Premises premises() {
    Premises beside = Premises.NONE;
    try {
      beside = RunFolder.premisesOf(file, workload);
    } catch (IOException | IllegalArgumentException e) {
      remarks.println("cairn chaos: what is beside " + file + " says nothing: " + e.getMessage());
    }
    if (clockRate.isEmpty()) {
      return beside;
    }
    double rate = clockRate.get();
    if (!(rate >= 1 && rate <= 1_000)) {
      throw new IllegalArgumentException("--clock-rate is " + rate + ", allowed are 1 to 1000");
    }
    return beside.withClockFastPpm(Math.round((rate - 1) * 1_000_000));
  }

  private Verdict judge(Checker checker) {
    History history;
    try {
      history = HistoryReader.read(file);
    } catch (MalformedHistory e) {
      remarks.println("cairn chaos: " + file + ": " + e.getMessage());
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("malformed", e.getMessage());
      details.put("line", e.line());
      return new Verdict(Validity.UNKNOWN, details);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new IllegalArgumentException(file + " does not fit into memory", e);
    }
    return Verdicts.guarded(() -> checker.check(history));
  }
}
