package io.cairn.chaos.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Breaks Cairn on purpose, and judges what came of it. Exit codes of whatever has a verdict: 0
 * valid, 1 invalid, 2 unknown; 2 also for wrong usage, as everywhere in Cairn.
 */
@Command(
    name = "cairn chaos",
    mixinStandardHelpOptions = true,
    description = "Runs Cairn under faults, and checks what clients saw.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:valid", "1:invalid", "2:unknown, or wrong usage"})
public final class ChaosCli {
  private ChaosCli() {}

  /** Runs one command; ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    LogManager.getLogManager().reset();
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments));
  }

  /** Runs one command; returns the exit code. */
  static int run(PrintWriter results, PrintWriter remarks, String... arguments) {
    CommandLine line = new CommandLine(new ChaosCli());
    line.addSubcommand("run", new RunCommand());
    line.addSubcommand("matrix", new MatrixCommand());
    line.addSubcommand("ls", new ListCommand());
    line.addSubcommand("replay", new ReplayCommand());
    line.addSubcommand("mutants", new MutantsCommand());
    line.addSubcommand("check", new CheckCommand(results, remarks));
    line.addSubcommand("clean", new CleanCommand(results, remarks));
    line.setOut(results);
    line.setErr(remarks);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof IllegalArgumentException) {
            remarks.println("cairn chaos: " + failure.getMessage());
            return CommandLine.ExitCode.USAGE;
          }
          if (failure instanceof InterruptedException) {
            remarks.println("cairn chaos: " + failure.getMessage());
            return CommandLine.ExitCode.USAGE;
          }
          // Whatever broke here is no verdict on Cairn: 1 would say that it is invalid.
          remarks.println("cairn chaos: it broke by itself: " + failure);
          failure.printStackTrace(remarks);
          return CommandLine.ExitCode.USAGE;
        });
    if (arguments.length == 0) {
      line.usage(remarks);
      return CommandLine.ExitCode.USAGE;
    }
    return execute(line, remarks, arguments);
  }

  /** Errors are handled by nobody else, and would end the process with 1, as if it were invalid. */
  static int execute(CommandLine line, PrintWriter remarks, String... arguments) {
    try {
      return line.execute(arguments);
    } catch (Error e) {
      remarks.println("cairn chaos: it broke by itself: " + e);
      e.printStackTrace(remarks);
      return CommandLine.ExitCode.USAGE;
    }
  }
}
