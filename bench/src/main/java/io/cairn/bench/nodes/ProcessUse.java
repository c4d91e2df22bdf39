package io.cairn.bench.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has used so far, as Linux counts it.
 *
 * @param cpuMillis time on a processor, its own and the kernel's for it, in steps of 10 ms
 * @param residentBytes memory that is in RAM now
 * @param residentBytesMax the most it ever had in RAM
 */
public record ProcessUse(long cpuMillis, long residentBytes, long residentBytesMax) {
  /** Milliseconds of a tick: USER_HZ is 100 wherever Linux runs Java. */
  private static final long TICK_MILLIS = 10;

  /** Fields 14 to 17 of stat, counted behind the name, which may hold blanks. */
  private static final int USER_TICKS = 11;

  private static final int KERNEL_TICKS = 12;
  private static final int GONE_CHILDREN_USER_TICKS = 13;
  private static final int GONE_CHILDREN_KERNEL_TICKS = 14;

  /** The use of the process at this moment. */
  public static ProcessUse of(long pid) throws IOException {
    return read(pid, List.of(USER_TICKS, KERNEL_TICKS));
  }

  /** The use of a process and its children, those that have ended too, at this moment. */
  static ProcessUse ofTree(ProcessHandle root) throws IOException {
    ProcessUse sum =
        read(
            root.pid(),
            List.of(
                USER_TICKS, KERNEL_TICKS, GONE_CHILDREN_USER_TICKS, GONE_CHILDREN_KERNEL_TICKS));
    for (ProcessHandle child : root.descendants().toList()) {
      try {
        sum = sum.plus(of(child.pid()));
      } catch (IOException ended) {
        // its parent has its processor time from now on
      }
    }
    return sum;
  }

  /** The use of this process at this moment. */
  public static ProcessUse ofThis() {
    try {
      return of(ProcessHandle.current().pid());
    } catch (IOException e) {
      throw new UncheckedIOException("this machine does not say what a process uses", e);
    }
  }

  /** Both together. */
  public ProcessUse plus(ProcessUse other) {
    return new ProcessUse(
        cpuMillis + other.cpuMillis,
        residentBytes + other.residentBytes,
        residentBytesMax + other.residentBytesMax);
  }

  private static ProcessUse read(long pid, List<Integer> tickFields) throws IOException {
    Path folder = Path.of("/proc", Long.toString(pid));
    String stat = Files.readString(folder.resolve("stat"));
    String status = Files.readString(folder.resolve("status"));
    return new ProcessUse(
        millis(stat, tickFields), number(status, "VmRSS:") * 1024, number(status, "VmHWM:") * 1024);
  }

  /** Processor time of the process or thread of which this is the file stat. */
  static long ownMillis(String stat) {
    return millis(stat, List.of(USER_TICKS, KERNEL_TICKS));
  }

  private static long millis(String stat, List<Integer> tickFields) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return TICK_MILLIS
        * tickFields.stream().mapToLong(field -> Long.parseLong(fields[field])).sum();
  }

  private static long number(String lines, String name) {
    return lines
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }
}
