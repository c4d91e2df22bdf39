package io.cairn.server.cli;

import io.cairn.client.Cairn;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that does something; its siblings only group others. */
@Command
abstract class Call implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Does it. */
  abstract Exit run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    return run().code();
  }

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
}
