package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that cannot be taken for a later one of the same id.
 *
 * @param startTicks when it began, in ticks since the machine did
 */
record ProcessStamp(long pid, long startTicks) {
  /** Field 22 of stat, counted behind the name, which may hold blanks. */
  private static final int START_TIME = 19;

  private static final int STATE = 0;

  static ProcessStamp current() {
    long pid = ProcessHandle.current().pid();
    return of(pid)
        .orElseThrow(() -> new ClusterFailure("/proc does not show process " + pid, null));
  }

  /** The process of this id, if one lives; one that ended and waits for its parent does not. */
  static Optional<ProcessStamp> of(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      if (fields[STATE].equals("Z") || fields[STATE].equals("X")) {
        return Optional.empty();
      }
      return Optional.of(new ProcessStamp(pid, Long.parseLong(fields[START_TIME])));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  static ProcessStamp parse(String text) {
    int colon = text.indexOf(':');
    return new ProcessStamp(
        Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }

  String text() {
    return pid + ":" + startTicks;
  }

  boolean isAlive() {
    return of(pid).filter(this::equals).isPresent();
  }
}
