package io.cairn.server.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** What the demo is going to do: all that the seed decides is decided here. */
record DemoPlan(Path input, int rows, int partitions, int workers, long seed) {
  /** The store waits this long for a silent worker: longer than a change of leader takes. */
  static final Duration LEASE = Duration.ofSeconds(4);

  /** Time that all blocks of one partition take together, beside counting: the job's hard work. */
  private static final long PARTITION_MILLIS = 9_000;

  private static final int BLOCK_ROWS = 500;

  /** The moments, as shares of all rows begun. */
  record Moments(double workerKill, double workerFreeze, double leaderKill) {}

  /** Prefix of the tasks' names. */
  String job() {
    return "flights";
  }

  /** The name of a partition's task. */
  String task(int partition) {
    return job() + "/" + partition;
  }

  /** The pause in each block of rows. */
  long blockPauseMillis() {
    long blocks = Math.max(1, rows / partitions / BLOCK_ROWS);
    return Math.max(1, Math.min(500, PARTITION_MILLIS / blocks));
  }

  /** When the faults strike. */
  Moments moments() {
    Random random = random();
    return new Moments(
        0.10 + 0.10 * random.nextDouble(),
        0.30 + 0.10 * random.nextDouble(),
        0.55 + 0.15 * random.nextDouble());
  }

  /** A new source of the same numbers. */
  Random random() {
    return new Random(seed);
  }
}
