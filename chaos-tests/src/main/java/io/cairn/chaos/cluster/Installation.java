package io.cairn.chaos.cluster;

import static java.util.stream.Collectors.joining;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The built server that tests run.
 *
 * @param jar of the server
 * @param lib folder of what it needs
 */
public record Installation(Path java, Path jar, Path lib) {
  /** The server of {@code cairn.home}, or of the folder above this one that has one. */
  public static Installation find() {
    Path start = Path.of(System.getProperty("cairn.home", "")).toAbsolutePath();
    Path jar =
        Stream.iterate(Optional.of(start), Optional::isPresent, here -> parent(here))
            .flatMap(Optional::stream)
            .map(home -> home.resolve("store-server/target/store-server.jar"))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () ->
                    new ClusterFailure(
                        "no built server in " + start + " or above: run ./cairn --help once",
                        null));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new Installation(java, jar, jar.resolveSibling("lib"));
  }

  /** Folder of the sources that it was built from. */
  public Path home() {
    return jar.resolve("../../..").normalize();
  }

  /** Class path of the server; its last part stands for all jars of a folder. */
  public String classPath() {
    return jar + ":" + lib + "/*";
  }

  private static Optional<Path> parent(Optional<Path> here) {
    return here.map(Path::getParent);
  }

  /** What runs a server; its settings come behind. */
  List<String> command(String run, List<String> jvmOptions, List<Path> classesInFront) {
    String front = classesInFront.stream().map(folder -> folder + ":").collect(joining());
    return Stream.of(
            List.of(
                java.toString(),
                Leftovers.mark(run),
                "-Dsofa.middleware.log.disable=true",
                "-Dfile.encoding=UTF-8",
                // Servers start often here, beside each other, and live for seconds.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xms64m",
                "-Xmx512m",
                "-XX:+ExitOnOutOfMemoryError"),
            classArchive(),
            jvmOptions,
            List.of("-cp", front + classPath(), "io.cairn.server.cli.CairnCli", "server"))
        .flatMap(List::stream)
        .toList();
  }

  /** Flags for the archive of a server's classes that the launcher script made, if it is there. */
  private List<String> classArchive() {
    Path archive = jar.resolveSibling("cairn-server.jsa");
    return archive.toFile().lastModified() > jar.toFile().lastModified()
        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
        : List.of();
  }
}
