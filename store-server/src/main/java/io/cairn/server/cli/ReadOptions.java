package io.cairn.server.cli;

import io.cairn.client.ReadMode;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a read may see. */
final class ReadOptions {
  @Option(
      names = "--serializable",
      description = "Let one replica answer from its own state, which may lie behind.")
  private boolean serializable;

  @Option(
      names = "--max-staleness",
      paramLabel = "TIME",
      description =
          "Serializable, but only from a replica that has heard of its leader within TIME.")
  private Optional<Duration> maxStaleness = Optional.empty();

  /** The mode that was asked for. */
  ReadMode mode() {
    return maxStaleness
        .map(ReadMode::maxStaleness)
        .orElseGet(() -> serializable ? ReadMode.serializable() : ReadMode.linearizable());
  }
}
