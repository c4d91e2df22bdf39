package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Reads many keys. A long range comes in several answers, which are written as they come: all of
 * them at the revision of the first.
 */
@Command(
    name = "range",
    description = {
      "Reads keys in order, one per line: key, tab, value, with control characters and what is not"
          + " UTF-8 escaped. All keys if none is named.",
      "In JSON the fields revision and count stand in front of the list keyValues."
    },
    footer = {
      "  cairn kv range app/ --prefix",
      "  cairn kv range --from a --to b --limit 10 -o json",
      "  cairn kv range app/ --prefix --count"
    })
final class KvRange extends Call {
  @Mixin private BytesOptions bytes = new BytesOptions();
  @Mixin private KeysOptions keys = new KeysOptions();
  @Mixin private ReadOptions reads = new ReadOptions();

  @Option(names = "--limit", paramLabel = "N", description = "At most N keys.")
  private long limit;

  @Option(names = "--rev", paramLabel = "N", description = "As they were at this revision.")
  private long revision;

  @Option(names = "--keys-only", description = "Without values.")
  private boolean keysOnly;

  @Option(names = "--count", description = "Only how many.")
  private boolean count;

  @Override
  Exit run() {
    if (limit < 0) {
      throw usage("--limit is " + limit + ", it must not be negative");
    }
    if (count && keysOnly) {
      throw usage("--count and --keys-only exclude each other");
    }
    KeyRange range = keys.range(bytes).orElse(KeyRange.all());
    try (Cairn cairn = connect()) {
      if (count) {
        RangeResult result =
            cairn.kv().range(RangeOp.of(range).atRevision(revision).countOnly(), reads.mode());
        output()
            .result(
                Fields.of().put("revision", result.revision()).put("count", result.count()),
                Long.toString(result.count()));
      } else {
        readAll(cairn, range);
      }
    }
    return Exit.DONE;
  }

  private void readAll(Cairn cairn, KeyRange range) {
    RangeResult page = cairn.kv().range(op(range, limit, revision), reads.mode());
    begin(page);
    // The following pages show the state that the first one saw.
    long at = revision == 0 ? page.revision() : revision;
    long shown = 0;
    while (true) {
      List<KeyValue> found = page.keyValues();
      write(found, shown == 0);
      shown += found.size();
      boolean isEnd = !page.more() || found.isEmpty() || (limit > 0 && shown >= limit);
      if (isEnd || !output().flush()) {
        break;
      }
      KeyRange rest = behind(found.get(found.size() - 1).key(), range);
      page = cairn.kv().range(op(rest, limit == 0 ? 0 : limit - shown, at), reads.mode());
    }
    if (output().isJson()) {
      output().text("],\"more\":" + page.more() + "}\n");
    }
  }

  private RangeOp op(KeyRange range, long most, long at) {
    RangeOp op = RangeOp.of(range).limit(most).atRevision(at);
    return keysOnly ? op.keysOnly() : op;
  }

  private void begin(RangeResult page) {
    if (output().isJson()) {
      String head =
          Output.json(
              Fields.of()
                  .put("revision", page.revision())
                  .put("appliedIndex", page.appliedIndex())
                  .put("count", page.count()));
      output().text(head.substring(0, head.length() - 1) + ",\"keyValues\":[");
    }
  }

  private void write(List<KeyValue> found, boolean first) {
    boolean comma = !first;
    for (KeyValue keyValue : found) {
      if (output().isJson()) {
        output().text((comma ? "," : "") + Output.json(fields(keyValue)));
        comma = true;
      } else {
        output().line(keysOnly ? bytes.line(keyValue.key()) : line(bytes, keyValue));
      }
    }
  }

  private Fields fields(KeyValue found) {
    Fields fields = bytes.keyValue(found);
    if (keysOnly) {
      fields.values().remove("value");
    }
    return fields;
  }

  private static KeyRange behind(Bytes last, KeyRange range) {
    byte[] key = last.toArray();
    return KeyRange.between(Bytes.of(Arrays.copyOf(key, key.length + 1)), range.end());
  }

  /** Key and value on one line. */
  static String line(BytesOptions bytes, KeyValue found) {
    return bytes.line(found.key()) + "\t" + bytes.line(found.value());
  }
}
