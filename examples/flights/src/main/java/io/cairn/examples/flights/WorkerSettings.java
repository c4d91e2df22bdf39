package io.cairn.examples.flights;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What a worker process is told.
 *
 * @param job prefix of the tasks' names; partition p is the task {@code job/p}
 * @param worker this worker's number, from 0: it takes partitions p with p mod workers = worker
 *     first
 * @param blockPause time that a block of rows takes beside counting, as if the work were harder
 */
public record WorkerSettings(
    String endpoints,
    Path input,
    String job,
    int partitions,
    int worker,
    int workers,
    Duration leaseTtl,
    Duration blockPause) {
  /** Reads {@code --name value} pairs. */
  public static WorkerSettings parse(String... arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
        throw new IllegalArgumentException("expected --name value, found " + arguments[i]);
      }
      given.put(arguments[i].substring(2), arguments[i + 1]);
    }
    WorkerSettings settings =
        new WorkerSettings(
            take(given, "endpoints", "127.0.0.1:7420"),
            Path.of(take(given, "input", "examples/flights/flights-200k.csv.gz")),
            take(given, "job", "flights"),
            Integer.parseInt(take(given, "partitions", "8")),
            Integer.parseInt(take(given, "worker", "0")),
            Integer.parseInt(take(given, "workers", "1")),
            Duration.ofMillis(Long.parseLong(take(given, "lease-ms", "10000"))),
            Duration.ofMillis(Long.parseLong(take(given, "block-pause-ms", "0"))));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown settings: " + given.keySet());
    }
    return settings;
  }

  private static String take(Map<String, String> given, String name, String otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : value;
  }
}
