package io.cairn.server.cli;

import io.cairn.client.Cairn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command that does something can reach: its place in the tree, and so the root. */
@Command
abstract class CommandContext {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The root, with the global options. */
  final CairnCli cli() {
    return (CairnCli) spec.root().userObject();
  }

  /** Where results go. */
  final Output output() {
    return cli().output();
  }

  /** A client; close it. */
  final Cairn connect() {
    return cli().connect();
  }

  /** What picocli knows of this command. */
  final CommandSpec spec() {
    return spec;
  }

  /** A refusal of the command line itself. */
  final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Refuses a number below 1. */
  final void requirePositive(String option, long value) {
    if (value < 1) {
      throw usage(option + " is " + value + ", it must be positive");
    }
  }
}
