package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.client.Cairn;
import io.cairn.client.DeleteResult;
import io.cairn.client.OpResult;
import io.cairn.client.PutResult;
import io.cairn.client.RangeResult;
import io.cairn.client.Txn;
import io.cairn.client.TxnResult;
import io.cairn.protocol.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a transaction. */
@Command(
    name = "txn",
    description = {
      "Runs a transaction: if all conditions hold, one list of operations, else another; atomic, in"
          + " one revision. Exit code 4 if they did not hold (what stands under --else was done).",
      "",
      "From the options, or from standard input: lines with conditions, an empty line, lines with"
          + " what is done then, an empty line, lines with what is done otherwise. A line that begins"
          + " with # is a remark. Or JSON, if the input begins with {.",
      "",
      "Conditions:  value(KEY) = VALUE   mod(KEY) > N   create(KEY) = N   version(KEY) != N",
      "             lease(KEY) = N       exists(KEY)    absent(KEY)       signs: = != < >",
      "Operations:  put KEY VALUE [--lease ID] [--prev]",
      "             get KEY [END] [--prefix] [--limit N] [--rev N] [--keys-only] [--count]",
      "             del KEY [END] [--prefix] [--prev]",
      "Words with blanks or signs stand in \"...\" (\\n \\t \\\\ \\\" \\xNN) or in '...' as they are.",
      "",
      "JSON: {\"compares\":[{\"key\":\"k\",\"target\":\"MOD_REVISION\",\"relation\":\"EQUAL\",\"number\":0}],",
      "       \"then\":[{\"put\":{\"key\":\"k\",\"value\":\"v\"}}],\"otherwise\":[{\"get\":{\"key\":\"k\"}}]}",
      "target: VERSION, CREATE_REVISION, MOD_REVISION, VALUE, LEASE; operations: put, get, del, txn."
    },
    footer = {
      "  cairn txn --if 'value(\"stock\") = 5' --then 'put stock 4' --else 'get stock'",
      "  printf 'absent(\"a\")\\n\\nput a 1\\nput b 2\\n' | cairn txn",
      "  cairn txn -o json < transfer.json"
    })
final class TxnCommand extends Call {
  private static final int INPUT_BYTES_MAX = 4 * Limits.COMMAND_BYTES_MAX;

  @Mixin private BytesOptions bytes = new BytesOptions();

  @Option(names = "--if", paramLabel = "CONDITION", description = "A condition; may be repeated.")
  private List<String> conditions = List.of();

  @Option(names = "--then", paramLabel = "OP", description = "Done if all conditions hold.")
  private List<String> then = List.of();

  @Option(names = "--else", paramLabel = "OP", description = "Done if they do not.")
  private List<String> otherwise = List.of();

  @Override
  Exit run() throws IOException {
    Txn txn = read();
    TxnResult result;
    try (Cairn cairn = connect()) {
      result = cairn.kv().txn(txn);
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        (result.succeeded() ? "succeeded" : "conditions failed")
            + ", revision "
            + result.revision());
    lines(result.results(), lines);
    output().result(fields(result), lines);
    return result.succeeded() ? Exit.DONE : Exit.CONDITION;
  }

  private Txn read() throws IOException {
    if (!conditions.isEmpty() || !then.isEmpty() || !otherwise.isEmpty()) {
      return TxnText.parse(conditions, then, otherwise);
    }
    byte[] input = cli().world().input().readNBytes(INPUT_BYTES_MAX + 1);
    if (input.length > INPUT_BYTES_MAX) {
      throw new CommandFailure(
          Exit.USAGE, "standard input is over " + INPUT_BYTES_MAX + " bytes; nothing was done");
    }
    String text = new String(input, UTF_8);
    Txn txn =
        text.stripLeading().startsWith("{")
            ? TxnJson.parse(text)
            : TxnText.parse(text.lines().toList());
    if (txn.compares().isEmpty() && txn.then().isEmpty() && txn.otherwise().isEmpty()) {
      throw new CommandFailure(
          Exit.USAGE, "the transaction is empty: give --if, --then, --else or standard input");
    }
    return txn;
  }

  private void lines(List<OpResult> results, List<String> lines) {
    for (OpResult result : results) {
      if (result instanceof PutResult put) {
        lines.add("put");
        put.previous().ifPresent(was -> lines.add(KvRange.line(bytes, was)));
      } else if (result instanceof DeleteResult deletion) {
        lines.add("deleted " + deletion.deleted());
        deletion.previous().forEach(was -> lines.add(KvRange.line(bytes, was)));
      } else if (result instanceof RangeResult range) {
        lines.add("found " + range.count());
        range.keyValues().forEach(found -> lines.add(KvRange.line(bytes, found)));
      } else if (result instanceof TxnResult inner) {
        lines.add(inner.succeeded() ? "succeeded" : "conditions failed");
        lines(inner.results(), lines);
      }
    }
  }

  private Fields fields(TxnResult result) {
    return Fields.of()
        .put("succeeded", result.succeeded())
        .put("revision", result.revision())
        .objects("results", result.results().stream().map(this::fields).toList());
  }

  private Fields fields(OpResult result) {
    if (result instanceof PutResult put) {
      return Fields.of()
          .put("op", "put")
          .put("revision", put.revision())
          .put("previous", put.previous().map(bytes::keyValue));
    }
    if (result instanceof DeleteResult deletion) {
      return Fields.of()
          .put("op", "del")
          .put("revision", deletion.revision())
          .put("deleted", deletion.deleted())
          .objects("previous", deletion.previous().stream().map(bytes::keyValue).toList());
    }
    if (result instanceof RangeResult range) {
      return Fields.of()
          .put("op", "get")
          .put("revision", range.revision())
          .put("count", range.count())
          .objects("keyValues", range.keyValues().stream().map(bytes::keyValue).toList())
          .put("more", range.more());
    }
    Fields inner = fields((TxnResult) result);
    inner.put("op", "txn");
    return inner;
  }
}
