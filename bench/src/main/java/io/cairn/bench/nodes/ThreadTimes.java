package io.cairn.bench.nodes;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Processor time of a process's threads so far, by group: threads whose names differ in their
 * numbers only. Linux keeps 15 characters of a name, and counts in steps of 10 ms.
 *
 * @param millis time of each group, in milliseconds; a thread that has ended is not in it
 */
public record ThreadTimes(SortedMap<String, Long> millis) {
  private static final Pattern NUMBER = Pattern.compile("[-#_ ]*[0-9]*[-#_ ]*$");

  /** The times of the process at this moment. */
  static ThreadTimes of(long pid) throws IOException {
    SortedMap<String, Long> millis = new TreeMap<>();
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads) {
        try {
          String stat = Files.readString(thread.resolve("stat"));
          String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
          millis.merge(group(name), ProcessUse.ownMillis(stat), Long::sum);
        } catch (IOException ended) {
          // between the list and the look
        }
      }
    }
    return new ThreadTimes(millis);
  }

  /** What groups have used since {@code before}, those that have used something. */
  public SortedMap<String, Long> since(ThreadTimes before) {
    SortedMap<String, Long> used = new TreeMap<>();
    for (Map.Entry<String, Long> group : millis.entrySet()) {
      long more = group.getValue() - before.millis.getOrDefault(group.getKey(), 0L);
      if (more > 0) {
        used.put(group.getKey(), more);
      }
    }
    return used;
  }

  static String group(String thread) {
    String name = NUMBER.matcher(thread).replaceFirst("");
    return name.isEmpty() ? thread : name;
  }
}
