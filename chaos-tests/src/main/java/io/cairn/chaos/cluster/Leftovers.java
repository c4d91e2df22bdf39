package io.cairn.chaos.cluster;

import io.cairn.chaos.cluster.RunLedger.Kind;
import io.cairn.chaos.cluster.RunLedger.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Takes away what a run made, in an order in which nothing holds what comes after it. Each step may
 * have been done before, or never been reached.
 */
public final class Leftovers {
  private static final long GONE_MILLIS_MAX = 10_000;

  private Leftovers() {}

  /** Takes away what runs left whose process lives no more. Returns what was taken away. */
  public static List<String> clean() {
    List<String> removed = new ArrayList<>();
    for (Path ledger : ledgers()) {
      List<Line> lines = RunLedger.read(ledger);
      String run = ledger.getFileName().toString().replace(RunLedger.SUFFIX, "");
      if (isAbandoned(lines)) {
        removed.addAll(clear(run, lines));
        delete(ledger);
        removed.add("run " + run);
      }
    }
    return removed;
  }

  private static List<Path> ledgers() {
    if (!Files.isDirectory(RunLedger.home())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(RunLedger.home())) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(RunLedger.SUFFIX))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new ClusterFailure("cannot list " + RunLedger.home(), e);
    }
  }

  private static boolean isAbandoned(List<Line> lines) {
    return lines.stream()
        .filter(line -> line.kind() == Kind.OWNER)
        .noneMatch(line -> ProcessStamp.parse(line.what()).isAlive());
  }

  /** Takes away all that these lines name, and the run's processes. */
  static List<String> clear(String run, List<Line> lines) {
    List<String> removed = new ArrayList<>();
    List<Line> newestFirst = new ArrayList<>(lines);
    Collections.reverse(newestFirst);
    // A frozen file system lets none of its processes end.
    for (Line line : newestFirst) {
      if (line.kind() == Kind.MOUNT && isMounted(line.what())) {
        Command.attempt("fsfreeze", "-u", line.what());
      }
    }
    removed.addAll(killProcesses(run, lines));
    for (Line line : newestFirst) {
      if (clear(line)) {
        removed.add(line.text().strip());
      }
    }
    return removed;
  }

  private static boolean clear(Line line) {
    String what = line.what();
    return switch (line.kind()) {
      case OWNER -> false;
      case NAMESPACE ->
          Files.exists(Path.of("/run/netns", what))
              && Command.attempt("ip", "netns", "del", what).isPresent();
      case DEVICE ->
          Files.exists(Path.of("/sys/class/net", what))
              && Command.attempt("ip", "link", "del", what).isPresent();
      case MOUNT -> unmount(what);
      case IMAGE -> detach(what);
      case CONTROL_GROUP -> {
        boolean there = Files.isDirectory(Path.of(what));
        ControlGroup.remove(Path.of(what));
        yield there;
      }
      case FOLDER -> {
        boolean there = Files.isDirectory(Path.of(what));
        Folders.delete(Path.of(what));
        yield there;
      }
    };
  }

  /** The property by which the run's servers are known. */
  static String mark(String run) {
    return "-Dcairn.chaos.run=" + run;
  }

  /**
   * The property by which helpers of this process are known. One that is frozen does not notice
   * that nobody is there to give it orders.
   */
  public static String ownerMark() {
    return ownerMark(ProcessStamp.current().text());
  }

  private static String ownerMark(String owner) {
    return "-Dcairn.chaos.owner=" + owner;
  }

  private static List<String> killProcesses(String run, List<Line> lines) {
    List<String> killed = new ArrayList<>();
    Set<String> marks = new HashSet<>(Set.of(mark(run)));
    lines.stream()
        .filter(line -> line.kind() == Kind.OWNER)
        .forEach(line -> marks.add(ownerMark(line.what())));
    List<ProcessHandle> servers =
        ProcessHandle.allProcesses().filter(process -> hasMark(process.pid(), marks)).toList();
    for (ProcessHandle server : servers) {
      server.destroyForcibly();
      killed.add("process " + server.pid());
    }
    Pause.until(
        GONE_MILLIS_MAX,
        () -> servers.stream().allMatch(server -> ProcessStamp.of(server.pid()).isEmpty()));
    return killed;
  }

  private static boolean hasMark(long pid, Set<String> marks) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
      return Stream.of(line.split("\0", -1)).anyMatch(marks::contains);
    } catch (IOException unreadable) {
      return false; // it ended, is another user's, or its arguments are no text
    }
  }

  static boolean isMounted(String folder) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
      return lines.anyMatch(line -> line.split(" ", -1)[1].equals(folder));
    } catch (IOException e) {
      throw new ClusterFailure("cannot read /proc/self/mounts", e);
    }
  }

  private static boolean unmount(String folder) {
    boolean any = false;
    while (isMounted(folder)) {
      if (Command.attempt("umount", folder).isEmpty()
          && Command.attempt("umount", "-l", folder).isEmpty()) {
        throw new ClusterFailure("cannot unmount " + folder, null);
      }
      any = true;
    }
    return any;
  }

  private static boolean detach(String image) {
    boolean any = false;
    for (String line : Command.attempt("losetup", "-j", image).orElse("").lines().toList()) {
      String device = line.substring(0, line.indexOf(':'));
      any |= Command.attempt("losetup", "-d", device).isPresent();
    }
    return any;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ClusterFailure("cannot remove " + file, e);
    }
  }
}
