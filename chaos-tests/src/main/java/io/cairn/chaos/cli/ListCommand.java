package io.cairn.chaos.cli;

import io.cairn.chaos.fault.FaultKind;
import io.cairn.chaos.fault.Faults;
import io.cairn.chaos.workload.Workload;
import io.cairn.chaos.workload.Workloads;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists workloads and faults. */
@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists workloads and faults, and which faults this machine cannot do and why.")
public final class ListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** The command; picocli fills its fields. */
  @SuppressWarnings("NullAway.Init")
  public ListCommand() {}

  @Override
  public Integer call() {
    PrintWriter results = spec.commandLine().getOut();
    results.println("workloads");
    for (Workload workload : Workloads.all()) {
      results.println("  %-18s %s".formatted(workload.name(), workload.about()));
    }
    results.println("faults");
    for (FaultKind kind : Faults.kinds()) {
      results.println("  %-18s %s".formatted(kind.name(), kind.description()));
      Faults.missing(kind.name())
          .ifPresent(why -> results.println("  %-18s CANNOT RUN HERE: %s".formatted("", why)));
    }
    results.flush();
    return 0;
  }
}
