package io.cairn.chaos.cluster;

import java.nio.file.Files;
import java.util.Locale;
import java.util.Optional;

/** What a machine must have for a fault or a cluster; each answers what is missing, in words. */
public final class Means {
  private Means() {}

  /** For signals: a system with them. */
  public static Optional<String> signals() {
    boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    return linux ? programs("kill", "nsenter") : Optional.of("this system is not Linux");
  }

  /** For a network namespace for each node. */
  public static Optional<String> namespaces() {
    return root()
        .or(() -> programs("ip", "nsenter", "unshare", "iptables", "tc"))
        .or(
            () ->
                // A space of its own, gone with the program: root of a container may not have one.
                Command.attempt("unshare", "-n", "iptables", "-w", "-L").isPresent()
                    ? Optional.empty()
                    : Optional.of("network namespaces cannot be made here"));
  }

  /** For a file system of its own for each node. */
  public static Optional<String> loopDisks() {
    return root()
        .or(() -> programs("losetup", "mkfs.ext4", "mount", "umount", "fsfreeze"))
        .or(
            () ->
                Command.attempt("losetup", "-f").isPresent()
                    ? Optional.empty()
                    : Optional.of("no loop device can be had"));
  }

  /** For shims. */
  public static Optional<String> compiler() {
    return programs("gcc");
  }

  /** For limits of a running process. */
  public static Optional<String> limits() {
    return root().or(() -> programs("prlimit"));
  }

  /** For a control group of this kind, such as {@code memory}. */
  public static Optional<String> controlGroup(String controller) {
    return root()
        .or(
            () ->
                Files.isDirectory(ControlGroup.home(controller))
                    ? Optional.empty()
                    : Optional.of("there is no control group for " + controller));
  }

  /** For what only root may do. */
  public static Optional<String> root() {
    return "root".equals(System.getProperty("user.name"))
        ? Optional.empty()
        : Optional.of("root is needed");
  }

  private static Optional<String> programs(String... names) {
    for (String name : names) {
      if (Programs.find(name).isEmpty()) {
        return Optional.of("there is no program '" + name + "'");
      }
    }
    return Optional.empty();
  }
}
