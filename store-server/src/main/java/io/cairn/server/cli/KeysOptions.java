package io.cairn.server.cli;

import io.cairn.client.KeyRange;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which keys a command is about. */
final class KeysOptions {
  @Parameters(arity = "0..1", paramLabel = "KEY", description = "One key.")
  private Optional<String> key = Optional.empty();

  @Option(names = "--prefix", description = "All keys that start with KEY.")
  private boolean prefix;

  @Option(names = "--from", paramLabel = "KEY", description = "Keys from this one on.")
  private Optional<String> from = Optional.empty();

  @Option(names = "--to", paramLabel = "KEY", description = "Keys up to but without this one.")
  private Optional<String> to = Optional.empty();

  @Option(names = "--all", description = "All keys.")
  private boolean all;

  /** The keys that were named; empty if none was. */
  Optional<KeyRange> range(BytesOptions bytes) {
    boolean bounds = from.isPresent() || to.isPresent();
    int ways = (key.isPresent() ? 1 : 0) + (bounds ? 1 : 0) + (all ? 1 : 0);
    if (ways > 1) {
      throw new CommandFailure(
          Exit.USAGE, "KEY, --from/--to and --all exclude each other; nothing was done");
    }
    if (prefix && key.isEmpty()) {
      throw new CommandFailure(Exit.USAGE, "--prefix needs a KEY; nothing was done");
    }
    if (key.isPresent()) {
      var start = bytes.parse("KEY", key.get());
      return Optional.of(prefix ? KeyRange.prefix(start) : KeyRange.key(start));
    }
    if (bounds) {
      var start =
          from.map(text -> bytes.parse("--from", text)).orElseGet(() -> KeyRange.all().from());
      return Optional.of(
          to.map(text -> KeyRange.between(start, bytes.parse("--to", text)))
              .orElseGet(() -> KeyRange.from(start)));
    }
    return all ? Optional.of(KeyRange.all()) : Optional.empty();
  }
}
