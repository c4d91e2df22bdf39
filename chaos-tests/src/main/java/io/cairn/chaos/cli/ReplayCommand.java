package io.cairn.chaos.cli;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.mutant.Mutant;
import io.cairn.chaos.mutant.Mutants;
import io.cairn.chaos.run.RunFolder;
import io.cairn.chaos.run.RunOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs again what was run before. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Runs again with the seed and the options of an earlier run.",
      "The schedule is the same; what meets what in time is not.",
    })
public final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of the earlier run.")
  private Path earlier = Path.of("");

  @Option(names = "--out", description = "Folder for all that comes of it; must not exist.")
  private Optional<Path> out = Optional.empty();

  /** The command; picocli fills its fields. */
  @SuppressWarnings("NullAway.Init")
  public ReplayCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    RunOptions options;
    Optional<Mutant> mutant;
    try {
      Map<String, Object> test = RunFolder.readTest(earlier);
      options = RunOptions.of(test, out.orElseGet(() -> RunCommand.freshFolder("replay")));
      mutant = mutant(test);
    } catch (IOException | IllegalArgumentException e) {
      spec.commandLine()
          .getErr()
          .println("cairn chaos: " + earlier + " holds no run: " + e.getMessage());
      return Validity.UNKNOWN.exitCode();
    }
    return RunCommand.execute(
        options, mutant, spec.commandLine().getOut(), spec.commandLine().getErr());
  }

  /** The planted bug of a run, if its server had one. */
  static Optional<Mutant> mutant(Map<String, Object> test) {
    if (!(test.get("mutant") instanceof String name)) {
      return Optional.empty();
    }
    return Optional.of(
        Mutants.find(name)
            .orElseThrow(() -> new IllegalArgumentException("nobody knows the mutant " + name)));
  }
}
