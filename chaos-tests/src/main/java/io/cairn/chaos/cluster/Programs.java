package io.cairn.chaos.cluster;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where programs of the machine are: in the folders of {@code PATH}, and in those of the system,
 * which the PATH of a user often lacks. What is said to be there and what is called is one.
 */
final class Programs {
  private static final List<String> SYSTEM =
      List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin");

  private Programs() {}

  /** The program of this name, if the machine has it. */
  static Optional<Path> find(String name) {
    return find(name, folders(System.getenv()));
  }

  static Optional<Path> find(String name, List<String> folders) {
    return folders.stream()
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** A process of these words, the first of them found here, and so what it calls itself. */
  static ProcessBuilder process(List<String> words) {
    List<String> found = new ArrayList<>(words);
    if (!words.get(0).contains("/")) {
      find(words.get(0)).ifPresent(file -> found.set(0, file.toString()));
    }
    ProcessBuilder builder = new ProcessBuilder(found);
    Map<String, String> environment = builder.environment();
    environment.put("PATH", String.join(File.pathSeparator, folders(environment)));
    return builder;
  }

  private static List<String> folders(Map<String, String> environment) {
    List<String> folders = new ArrayList<>();
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (folder.startsWith("/")) {
        folders.add(folder);
      }
    }
    SYSTEM.stream().filter(folder -> !folders.contains(folder)).forEach(folders::add);
    return folders;
  }
}
