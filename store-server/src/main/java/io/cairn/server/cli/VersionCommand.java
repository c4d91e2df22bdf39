package io.cairn.server.cli;

import picocli.CommandLine.Command;

/** Says which version this is. */
@Command(
    name = "version",
    description = "Says which version this is.",
    footer = "  cairn version -o json")
final class VersionCommand extends Call {
  @Override
  Exit run() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    String shown = version == null ? "dev" : version;
    String java = System.getProperty("java.version", "?");
    output()
        .result(
            Fields.of().put("version", shown).put("java", java),
            "cairn " + shown + " (java " + java + ")");
    return Exit.DONE;
  }
}
