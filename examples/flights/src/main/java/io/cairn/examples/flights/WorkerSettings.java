package io.cairn.examples.flights;

import java.nio.file.Path;
import java.time.Duration;

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
    Arguments given = new Arguments(arguments);
    WorkerSettings settings =
        new WorkerSettings(
            given.take("endpoints", "127.0.0.1:7420"),
            Path.of(given.take("input", "examples/flights/flights-200k.csv.gz")),
            given.take("job", "flights"),
            Integer.parseInt(given.take("partitions", "8")),
            Integer.parseInt(given.take("worker", "0")),
            Integer.parseInt(given.take("workers", "1")),
            Duration.ofMillis(Long.parseLong(given.take("lease-ms", "10000"))),
            Duration.ofMillis(Long.parseLong(given.take("block-pause-ms", "0"))));
    given.end();
    return settings;
  }
}
