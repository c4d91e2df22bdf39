package io.cairn.chaos.cli;

import io.cairn.chaos.run.RunOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How large runs are, as flags. */
final class RunFlags {
  @Option(names = "--nodes", defaultValue = "3", description = "Servers. Default: 3.")
  private int nodes;

  @Option(names = "--time", defaultValue = "60", description = "Seconds of faults. Default: 60.")
  private int time;

  @Option(names = "--concurrency", defaultValue = "10", description = "Clients. Default: 10.")
  private int concurrency;

  @Option(
      names = "--rate",
      defaultValue = "100",
      description = "Operations per second of all clients. Default: 100.")
  private int rate;

  @Option(
      names = "--interval",
      defaultValue = "5",
      description = "Seconds that a fault lasts and is away, in the mean. Default: 5.")
  private int interval;

  @Option(names = "--seed", description = "Where chance comes from. Default: by chance.")
  private Optional<Long> seed = Optional.empty();

  RunFlags() {}

  int time() {
    return time;
  }

  long seed() {
    return seed.orElseGet(() -> new SecureRandom().nextLong(1_000_000));
  }

  RunOptions options(String workload, List<String> faults, long chosenSeed, Path out) {
    return new RunOptions(
        workload,
        faults,
        nodes,
        Duration.ofSeconds(time),
        concurrency,
        rate,
        Duration.ofSeconds(interval),
        chosenSeed,
        out);
  }
}
