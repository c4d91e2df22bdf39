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
    List<ClusterFailure> failures = new ArrayList<>();
    for (Path ledger : ledgers()) {
      String run = ledger.getFileName().toString().replace(RunLedger.SUFFIX, "");
      try {
        List<Line> lines = RunLedger.read(ledger);
        if (isAbandoned(lines)) {
          removed.addAll(clear(run, lines));
          delete(ledger);
          removed.add("run " + run);
        }
      } catch (ClusterFailure e) {
        // Its ledger stays, the next one is another run's. A run may also have ended meanwhile.
        if (Files.exists(ledger)) {
          failures.add(e);
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
    Owned.check(RunLedger.home());
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
        .noneMatch(line -> isAlive(line.what()));
  }

  private static boolean isAlive(String owner) {
    try {
      return ProcessStamp.parse(owner).isAlive();
    } catch (RuntimeException e) {
      throw new ClusterFailure("'" + owner + "' is no process", e);
    }
  }

  /**
   * Takes away what these lines name and the run made, and the run's processes. What fails does not
   * keep the rest; all failures are thrown at the end.
   */
  static List<String> clear(String run, List<Line> lines) {
    Clearing clearing = new Clearing(run, lines);
    List<ClusterFailure> failures = new ArrayList<>();
    List<Line> newestFirst = new ArrayList<>(lines);
    Collections.reverse(newestFirst);
    // A frozen file system lets none of its processes end.
    newestFirst.forEach(line -> failing(failures, () -> clearing.thaw(line)));
    List<String> removed = new ArrayList<>(killProcesses(run, lines, failures));
    for (Line line : newestFirst) {
      failing(
          failures,
          () -> {
            if (clearing.clear(line)) {
              removed.add(line.text().strip());
            }
          });
    }
    throwAll("run " + run + " could not be taken away", failures);
    return removed;
  }

  private static void failing(List<ClusterFailure> failures, Runnable step) {
    try {
      step.run();
    } catch (ClusterFailure e) {
      failures.add(e);
    }
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

  private static List<String> killProcesses(
      String run, List<Line> lines, List<ClusterFailure> failures) {
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
    failing(
        failures,
        () -> {
          boolean gone =
              Pause.until(
                  GONE_MILLIS_MAX, () -> servers.stream().noneMatch(Leftovers::isStillThere));
          if (!gone) {
            List<Long> left =
                servers.stream().filter(Leftovers::isStillThere).map(ProcessHandle::pid).toList();
            throw new ClusterFailure("processes that do not end: " + left, null);
          }
        });
    return killed;
  }

  /** A process that ended and waits for its parent is not. */
  private static boolean isStillThere(ProcessHandle process) {
    return process.isAlive() && ProcessStamp.of(process.pid()).isPresent();
  }

  private static boolean hasMark(long pid, Set<String> marks) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
      return Stream.of(line.split("\0", -1)).anyMatch(marks::contains);
    } catch (IOException unreadable) {
      return false; // it ended, is another user's, or its arguments are no text
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ClusterFailure("cannot remove " + file, e);
    }
  }
}
