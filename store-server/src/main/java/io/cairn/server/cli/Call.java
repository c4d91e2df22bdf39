package io.cairn.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** A command whose outcome is one of {@link Exit}. */
@Command
abstract class Call extends CommandContext implements Callable<Integer> {
  /** Does it. */
  abstract Exit run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    return run().code();
  }
}
