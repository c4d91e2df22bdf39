package io.cairn.server.cli;

import java.io.File;
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
          // Compiled earlier and in smaller pieces: warm in half the time, and as fast then.
          "-XX:CompileThresholdScaling=0.2",
          "-XX:MaxInlineLevel=8",
          "-XX:FreqInlineSize=150",
          "-Xms64m",
          "-Xmx512m",
          "-XX:+ExitOnOutOfMemoryError");

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private ServerProcess() {}

  /**
   * Flags that take a server's classes from the archive that the launcher script made beside the
   * jar; none if there is none, or an older one. A JVM that it does not fit goes without, silently.
   */
  static List<String> classArchive(Path jar) {
    File archive = jar.resolveSibling("cairn-server.jsa").toFile();
    return archive.lastModified() > jar.toFile().lastModified()
        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
        : List.of();
  }

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
    command.addAll(classArchive(Path.of(System.getProperty("java.class.path").split(":", 2)[0])));
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
