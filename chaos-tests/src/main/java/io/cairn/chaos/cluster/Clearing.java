package io.cairn.chaos.cluster;

import io.cairn.chaos.cluster.RunLedger.Kind;
import io.cairn.chaos.cluster.RunLedger.Line;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Taking away of one run's things, line by line. A line that such a run does not write is refused,
 * and what stands at a path but is not the run's is left alone: a later run may have the path now.
 * What is there still afterwards is a failure, also if a command that should have taken it away was
 * killed.
 */
final class Clearing {
  private static final long GONE_MILLIS_MAX = 5_000;

  private final String run;
  private final Set<String> images;

  Clearing(String run, List<Line> lines) {
    this.run = run;
    this.images =
        lines.stream()
            .filter(line -> line.kind() == Kind.IMAGE)
            .map(Line::what)
            .collect(Collectors.toSet());
  }

  /** Lets a frozen file system of the run go on. */
  void thaw(Line line) {
    if (line.kind() == Kind.MOUNT && isOurMount(line.what())) {
      Command.attempt("fsfreeze", "-u", line.what());
    }
  }

  /**
   * Takes away what the line names. False if it is not there, or is not the run's.
   *
   * @throws ClusterFailure if it is still there, or the line is none of such a run
   */
  boolean clear(Line line) {
    String what = line.what();
    return switch (line.kind()) {
      case OWNER -> false;
      case NAMESPACE -> {
        require(line, what.startsWith("cc-" + run + "-") && !what.contains("/"));
        yield remove(Path.of("/run/netns", what), "ip", "netns", "del", what);
      }
      case DEVICE -> {
        boolean named = what.equals("ccb-" + run) || what.startsWith("ccv" + run);
        require(line, named && !what.contains("/"));
        yield remove(Path.of("/sys/class/net", what), "ip", "link", "del", what);
      }
      case MOUNT -> isOurMount(what) && Mounts.unmount(what);
      case IMAGE -> Mounts.detach(what, MarkedFolder.holds(Path.of(what), run));
      case CONTROL_GROUP -> {
        Path group = Path.of(what);
        require(line, ControlGroup.isOf(group, run));
        boolean there = Files.isDirectory(group);
        ControlGroup.remove(group);
        yield there;
      }
      case FOLDER -> removeFolder(line);
    };
  }

  private boolean removeFolder(Line line) {
    Path folder = Path.of(line.what());
    Path name = folder.getFileName();
    require(line, name != null && MarkedFolder.NAMES.contains(name.toString()));
    if (MarkedFolder.isOf(folder, run) && Mounts.hasMount(line.what())) {
      throw new ClusterFailure(folder + " stays: something is mounted in it", null);
    }
    return MarkedFolder.delete(folder, run);
  }

  private boolean isOurMount(String folder) {
    return Mounts.isMounted(folder)
        && (MarkedFolder.holds(Path.of(folder), run) || Mounts.isOfRemovedImage(folder, images));
  }

  private void require(Line line, boolean isOurs) {
    if (!isOurs) {
      throw new ClusterFailure(
          "'%s' is nothing that run %s would make".formatted(line.text().strip(), run), null);
    }
  }

  private static boolean remove(Path trace, String... command) {
    if (!Files.exists(trace)) {
      return false;
    }
    Command.attempt(command);
    if (!Pause.until(GONE_MILLIS_MAX, () -> !Files.exists(trace))) {
      throw new ClusterFailure(
          trace + " is still there after '" + String.join(" ", command) + "'", null);
    }
    return true;
  }
}
