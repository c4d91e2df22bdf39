package io.cairn.chaos.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a run must be read with: machine, versions, time. */
public final class Surroundings {
  private Surroundings() {}

  /** As values of a history. */
  public static Map<String, Object> values() {
    Runtime runtime = Runtime.getRuntime();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("began", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    values.put("cairn", version());
    values.put("java", Runtime.version().toString());
    values.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    values.put("processors", (long) runtime.availableProcessors());
    values.put("memory-mib", memoryMib());
    values.put("load", load());
    return values;
  }

  private static String version() {
    String version = Surroundings.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }

  /** Processes that run or want to, over the last minute, and more. */
  static String load() {
    try {
      return Files.readString(Path.of("/proc/loadavg")).strip();
    } catch (IOException e) {
      return "not told";
    }
  }

  private static long memoryMib() {
    try {
      return Files.readString(Path.of("/proc/meminfo"))
          .lines()
          .filter(line -> line.startsWith("MemTotal:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
