package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.KeyRange;
import io.cairn.client.WatchCursor;
import io.cairn.client.WatchEvent;
import io.cairn.client.WatchOp;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Follows changes. */
@Command(
    name = "watch",
    description = {
      "Writes each change of the keys on a line as it happens, once and in order, until Ctrl-C:"
          + " PUT or DEL, revision, key, value.",
      "Goes on over lost connections and changes of leader."
    },
    footer = {
      "  cairn watch greeting",
      "  cairn watch app/ --prefix --rev 120 -o json",
      "  cairn watch jobs/ --prefix --max-events 1 --for 30s"
    })
final class WatchCommand extends Call {
  private static final Duration POLL = Duration.ofMillis(500);

  @Mixin private BytesOptions bytes = new BytesOptions();
  @Mixin private KeysOptions keys = new KeysOptions();

  @Option(
      names = "--rev",
      paramLabel = "N",
      description = "From the changes of revision N on. Default: from the next change on.")
  private long revision;

  @Option(names = "--prev", description = "Say also what was there before.")
  private boolean previous;

  @Option(names = "--max-events", paramLabel = "N", description = "End after N changes.")
  private long eventsMax = Long.MAX_VALUE;

  @Option(names = "--for", paramLabel = "TIME", description = "End after TIME.")
  private Optional<Duration> length = Optional.empty();

  @Override
  Exit run() {
    KeyRange range =
        keys.range(bytes)
            .orElseThrow(() -> usage("Say which keys: KEY, --from/--to, or --all for all"));
    WatchOp op = WatchOp.of(range).fromRevision(revision);
    try (Cairn cairn = connect();
        WatchCursor cursor = cairn.kv().watch(previous ? op.withPrevious() : op)) {
      cursor.awaitStart(cli().timeout());
      long begin = System.nanoTime();
      long more = eventsMax;
      while (more > 0) {
        Duration wait = left(begin);
        if (wait.isZero()) {
          break;
        }
        Optional<WatchEvent> event = cursor.next(wait);
        if (event.isPresent()) {
          write(event.get());
          more--;
        }
        if (event.isPresent() && !output().flush()) {
          break;
        }
      }
    }
    return Exit.DONE;
  }

  private Duration left(long beginNanos) {
    if (length.isEmpty()) {
      return POLL;
    }
    long left = length.get().toNanos() - (System.nanoTime() - beginNanos);
    return left <= 0 ? Duration.ZERO : Duration.ofNanos(Math.min(left, POLL.toNanos()));
  }

  private void write(WatchEvent event) {
    String kind = event.isDelete() ? "DEL" : "PUT";
    if (output().isJson()) {
      Fields fields =
          Fields.of()
              .put("type", kind)
              .put("revision", event.revision())
              .put("keyValue", Optional.of(bytes.keyValue(event.keyValue())));
      if (previous) {
        fields.put("previous", event.previous().map(bytes::keyValue));
      }
      output().object(fields);
      return;
    }
    String line = kind + "\t" + event.revision() + "\t" + bytes.line(event.keyValue().key());
    if (!event.isDelete()) {
      line += "\t" + bytes.line(event.keyValue().value());
    }
    output().line(line);
    if (previous) {
      output()
          .line(
              event
                  .previous()
                  .map(was -> "\twas\t" + bytes.line(was.value()))
                  .orElse("\twas absent"));
    }
  }
}
