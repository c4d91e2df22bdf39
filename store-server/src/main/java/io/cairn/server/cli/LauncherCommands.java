package io.cairn.server.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Programs of their own, which the launcher script runs itself. They stand in the tree of commands
 * so that help and completion know them; nothing of the command line depends on them.
 */
final class LauncherCommands {
  private LauncherCommands() {}

  /** A command that only the launcher has. */
  @Command
  abstract static class ByLauncher extends Call implements Offline {
    /** Whatever it is, the program itself knows it. */
    @Unmatched
    @SuppressWarnings("UnusedVariable") // filled by picocli
    private List<String> arguments = new ArrayList<>();

    @Override
    Exit run() {
      throw new CommandFailure(
          Exit.USAGE,
          "'%s' is run by the launcher: use ./cairn in the root of the sources"
              .formatted(spec().qualifiedName()));
    }
  }

  /** Measurements. */
  @Command(
      name = "bench",
      description =
          "Measures Cairn on this machine: writes, failover, restarts, jobs, other stores beside it.",
      footer = {"  cairn bench --help", "  cairn bench failover --fault freeze --repeats 30"})
  static final class Bench extends ByLauncher {}

  /** Runs with faults. */
  @Command(
      name = "chaos",
      description =
          "Runs a cluster under faults, and checks what its clients saw: linearizability, ownership,"
              + " recovery.",
      footer = {"  cairn chaos --help", "  cairn chaos run --help"})
  static final class Chaos extends ByLauncher {}
}
