package io.cairn.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checked-out source tree: its root, and the files in it that belong to the project. */
final class SourceTree {
  private SourceTree() {}

  /** The folder that holds {@code .mvn}, found upwards from where the test runs. */
  static Path root() {
    Path start = Path.of("").toAbsolutePath();
    for (Path dir = start; dir != null; dir = dir.getParent()) {
      if (Files.isDirectory(dir.resolve(".mvn"))) {
        return dir;
      }
    }
    throw new IllegalStateException("no .mvn folder at or above " + start);
  }

  /** Java files of the project. */
  static List<Path> javaFiles() {
    return files("java");
  }

  /**
   * Files with this extension that git tracks or would add; where git cannot answer (a source
   * archive, a foreign owner) every one outside of target folders.
   */
  static List<Path> files(String extension) {
    Path root = root();
    List<Path> files = gitFiles(root, extension);
    return files.isEmpty() ? walkedFiles(root, extension) : files;
  }

  private static List<Path> gitFiles(Path root, String extension) {
    try {
      Process git =
          new ProcessBuilder(
                  "git",
                  "ls-files",
                  "--cached",
                  "--others",
                  "--exclude-standard",
                  "--",
                  "*." + extension)
              .directory(root.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (git.waitFor() != 0) {
        return List.of();
      }
      return out.lines().map(root::resolve).filter(Files::isRegularFile).sorted().toList();
    } catch (IOException noGit) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while git listed " + root, e);
    }
  }

  private static List<Path> walkedFiles(Path root, String extension) {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(file -> file.toString().endsWith("." + extension))
          .filter(file -> !root.relativize(file).toString().contains("target/"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
