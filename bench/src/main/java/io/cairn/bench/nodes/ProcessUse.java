package io.cairn.bench.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

  /** Fields 14 and 15 of stat, counted behind the name, which may hold blanks. */
  private static final int USER_TICKS = 11;

  private static final int KERNEL_TICKS = 12;

  /** The use of the process at this moment. */
  public static ProcessUse of(long pid) throws IOException {
    Path folder = Path.of("/proc", Long.toString(pid));
    String stat = Files.readString(folder.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[KERNEL_TICKS]);
    String status = Files.readString(folder.resolve("status"));
    return new ProcessUse(ticks * TICK_MILLIS, bytes(status, "VmRSS:"), bytes(status, "VmHWM:"));
  }

  /** The use of this process at this moment. */
  public static ProcessUse ofThis() {
    try {
      return of(ProcessHandle.current().pid());
    } catch (IOException e) {
      throw new UncheckedIOException("this machine does not say what a process uses", e);
    }
  }

  private static long bytes(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(kib -> Long.parseLong(kib) * 1024)
        .findFirst()
        .orElse(0);
  }
}
