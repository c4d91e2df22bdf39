package io.cairn.server.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Writes a completion script. */
@Command(
    name = "completion",
    description = "Writes a completion script for bash (and zsh with bashcompinit).",
    footer = {"  source <(cairn completion)", "  cairn completion > /etc/bash_completion.d/cairn"})
final class CompletionCommand extends Call {
  @Override
  Exit run() {
    output().line(AutoComplete.bash("cairn", spec().root().commandLine()));
    return Exit.DONE;
  }
}
