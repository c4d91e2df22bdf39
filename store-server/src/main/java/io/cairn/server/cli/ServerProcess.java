package io.cairn.server.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How a server is started as a process of its own, with the class path of this one. */
final class ServerProcess {
  /** Flags of a server's JVM; the launcher script gives the same, with a larger heap. */
  static final List<String> FLAGS =
      List.of(
          "-Dsofa.middleware.log.disable=true",
          "-Dfile.encoding=UTF-8",
          "-XX:+UseParallelGC",
          "-Xms64m",
          "-Xmx512m",
          "-XX:+ExitOnOutOfMemoryError");

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private ServerProcess() {}

  /**
   * A process that will run a server with these flags. It is in a session of its own, so that a
   * Ctrl-C meant for this process does not reach it, and takes no settings from this environment.
   */
  static ProcessBuilder builder(List<String> settings) {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      command.add(SETSID.toString());
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    String further = System.getenv().getOrDefault("CAIRN_JAVA_OPTS", "");
    Stream.of(further.strip().split("\\s+")).filter(word -> !word.isEmpty()).forEach(command::add);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(CairnCli.class.getName());
    command.add("server");
    command.addAll(settings);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("CAIRN_"));
    return builder;
  }
}
