package io.cairn.chaos.cli;

import io.cairn.chaos.cluster.ClusterFailure;
import io.cairn.chaos.cluster.Leftovers;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** Takes away what killed runs have left; what belongs to a run that lives stays. */
@Command(
    name = "clean",
    mixinStandardHelpOptions = true,
    description = {
      "Takes away what killed runs have left.",
      "Processes, network namespaces, bridges, mounts, loop devices, control groups, data folders.",
      "A run that lives keeps what it has.",
    })
final class CleanCommand implements Callable<Integer> {
  private final PrintWriter results;
  private final PrintWriter remarks;

  CleanCommand(PrintWriter results, PrintWriter remarks) {
    this.results = results;
    this.remarks = remarks;
  }

  @Override
  public Integer call() {
    try {
      List<String> removed = Leftovers.clean();
      removed.forEach(what -> results.println("removed " + what));
      if (removed.isEmpty()) {
        remarks.println("nothing was left over");
      }
      return ExitCode.OK;
    } catch (ClusterFailure e) {
      remarks.println("cairn chaos clean: " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }
}
