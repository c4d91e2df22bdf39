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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes away what a run made, in an order in which nothing holds what comes after it. Each step may
 * have been done before, or never been reached.
 */
public final class Leftovers {
  private static final long GONE_MILLIS_MAX = 10_000;
  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private Leftovers() {}

  /** Takes away what runs left whose process lives no more. Returns what was taken away. */
  public static List<String> clean() {
    List<String> removed = new ArrayList<>();
    List<ClusterFailure> failures = new ArrayList<>();
    for (Path ledger : ledgers()) {
      List<Line> lines = RunLedger.read(ledger);
      String run = ledger.getFileName().toString().replace(RunLedger.SUFFIX, "");
      if (isAbandoned(lines)) {
        try {
          removed.addAll(clear(run, lines));
          delete(ledger);
          removed.add("run " + run);
        } catch (ClusterFailure e) {
          failures.add(e); // its ledger stays, the next one is another run's
        }
      }
    }
    throwAll("runs that could not be taken away", failures);
    return removed;
  }

  private static void throwAll(String what, List<ClusterFailure> failures) {
    if (failures.isEmpty()) {
      return;
    }
    ClusterFailure all =
        new ClusterFailure(
            what
                + ": "
                + String.join("; ", failures.stream().map(ClusterFailure::getMessage).toList()),
            failures.get(0));
    failures.stream().skip(1).forEach(all::addSuppressed);
    throw all;
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

  /**
   * Takes away all that these lines name, and the run's processes. What fails does not keep the
   * rest; all failures are thrown at the end.
   */
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
    List<ClusterFailure> failures = new ArrayList<>();
    for (Line line : newestFirst) {
      try {
        if (clear(line)) {
          removed.add(line.text().strip());
        }
      } catch (ClusterFailure e) {
        failures.add(e);
      }
    }
    throwAll("run " + run + " could not be taken away", failures);
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
        if (there && hasMount(what)) {
          throw new ClusterFailure(what + " stays: something is mounted in it", null);
        }
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
    return mounts(MOUNTS).contains(real(folder));
  }

  private static boolean hasMount(String folder) {
    Path real = real(folder);
    return mounts(MOUNTS).stream().anyMatch(mount -> mount.startsWith(real));
  }

  /** The folders on which something is mounted, by a table as the kernel writes it. */
  static Set<Path> mounts(Path table) {
    try (Stream<String> lines = Files.lines(table)) {
      return lines
          .map(line -> Path.of(unescaped(line.split(" ", -1)[1])))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new ClusterFailure("cannot read " + table, e);
    }
  }

  /** The kernel writes blanks and the like as a backslash and three octal digits. */
  private static String unescaped(String text) {
    return OCTAL
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(found.group(1), 8))));
  }

  /**
   * As the kernel names it, without links. The folder itself, which is none, is not touched: its
   * file system may be broken, or frozen.
   */
  private static Path real(String folder) {
    Path path = Path.of(folder).toAbsolutePath().normalize();
    Path parent = path.getParent();
    Path name = path.getFileName();
    try {
      return parent == null || name == null ? path : parent.toRealPath().resolve(name);
    } catch (IOException gone) {
      return path;
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
