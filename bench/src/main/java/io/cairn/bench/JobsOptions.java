package io.cairn.bench;

import io.cairn.bench.load.PutLoad;
import io.cairn.protocol.Limits;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of {@code jobs}, which measures one of four things. */
final class JobsOptions {
  private static final int CLIENTS_MAX = 5_000;
  private static final int SECONDS_MAX = 86_400;
  private static final int REPEATS_MAX = 1_000;
  private static final int TTL_MILLIS_MAX = 600_000;
  private static final int HASHES_MAX = 1_000_000;

  @Option(names = "--tasks", description = "Tasks of a job (10000); with --failover 16.")
  private Optional<Integer> tasks = Optional.empty();

  @Option(names = "--workers", defaultValue = "8", description = "Workers, a client each.")
  int workers;

  @Option(
      names = "--concurrency",
      defaultValue = "16",
      description = "Tasks of a worker at a time.")
  int concurrency;

  @Option(
      names = "--warmup",
      defaultValue = "30",
      description = "Seconds of jobs before those that count.")
  int warmup;

  @Option(names = "--repeats", defaultValue = "3", description = "Jobs, kills, or pairs of jobs.")
  int repeats;

  @Option(
      names = "--idle-workers",
      description = "Measure what so many workers without a task cost.")
  Optional<Integer> idleWorkers = Optional.empty();

  @Option(
      names = "--clients",
      defaultValue = "50",
      description = "Clients that idle workers share.")
  int clients;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "Seconds of a look at idle workers.")
  int seconds;

  @Option(
      names = "--failover",
      description = "Kill a worker process; time until its tasks run elsewhere.")
  boolean failover;

  @Option(
      names = "--ttl-ms",
      defaultValue = "3000",
      description = "Time to live of the job with --failover.")
  int ttlMillis;

  @Option(
      names = "--flights",
      description = "The flights job with checkpoints and without, in turn.")
  boolean flights;

  @Option(
      names = "--hashes",
      defaultValue = "1000",
      description = "Work of a row with --flights: it is hashed so often.")
  int hashes;

  /** Refuses what cannot be measured. */
  void check() {
    int modes = (idleWorkers.isPresent() ? 1 : 0) + (failover ? 1 : 0) + (flights ? 1 : 0);
    if (modes > 1) {
      throw new IllegalArgumentException(
          "--idle-workers, --failover and --flights are measured one at a time");
    }
    PutLoad.require("warmup", warmup, 0, SECONDS_MAX);
    PutLoad.require("repeats", repeats, 1, REPEATS_MAX);
    PutLoad.require("seconds", seconds, 1, SECONDS_MAX);
    PutLoad.require("clients", clients, 1, CLIENTS_MAX);
    PutLoad.require("ttl-ms", ttlMillis, Limits.LEASE_TTL_MILLIS_MIN, TTL_MILLIS_MAX);
    PutLoad.require("hashes", hashes, 0, HASHES_MAX);
    PutLoad.require(
        "tasks", tasks(), 1, failover ? Limits.WORKER_CAPACITY_MAX : Limits.PARTITIONS_MAX);
    idleWorkers.ifPresent(count -> PutLoad.require("idle-workers", count, 1, Limits.WORKERS_MAX));
  }

  int tasks() {
    return tasks.orElse(failover ? 16 : 10_000);
  }
}
