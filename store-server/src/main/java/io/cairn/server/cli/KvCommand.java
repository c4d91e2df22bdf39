package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.CasResult;
import io.cairn.client.DeleteOp;
import io.cairn.client.DeleteResult;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.PutOp;
import io.cairn.client.PutResult;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keys and values. */
@Command(
    name = "kv",
    description = "Reads and writes keys.",
    subcommands = {
      KvCommand.Get.class,
      KvCommand.Put.class,
      KvCommand.Delete.class,
      KvRange.class,
      KvCommand.Cas.class
    },
    footer = {
      "  cairn kv put greeting hello",
      "  cairn kv get greeting",
      "  cairn kv range app/ --prefix"
    })
final class KvCommand {
  private KvCommand() {}

  /** Reads one key. */
  @Command(
      name = "get",
      description = {
        "Writes the value of a key and a line end. Exit code 3 if there is no such key.",
        "-o json gives all numbers of the key."
      },
      footer = {
        "  cairn kv get greeting",
        "  cairn kv get greeting --rev 17 -o json",
        "  cairn kv get picture --raw > picture.png",
        "  cairn kv get greeting --max-staleness 5s"
      })
  static final class Get extends Call {
    @Mixin private BytesOptions bytes = new BytesOptions();
    @Mixin private ReadOptions reads = new ReadOptions();

    @Parameters(paramLabel = "KEY", description = "The key.")
    private String key = "";

    @Option(names = "--rev", paramLabel = "N", description = "As it was at this revision.")
    private long revision;

    @Option(names = "--raw", description = "Write exactly the bytes of the value, no line end.")
    private boolean raw;

    @Override
    Exit run() {
      Bytes wanted = bytes.parse("KEY", key);
      RangeResult result;
      try (Cairn cairn = connect()) {
        result =
            cairn.kv().range(RangeOp.of(KeyRange.key(wanted)).atRevision(revision), reads.mode());
      }
      Optional<KeyValue> found = result.first();
      if (output().isJson()) {
        Fields fields = Fields.of().put("found", found.isPresent());
        fields.put("revision", result.revision()).put("appliedIndex", result.appliedIndex());
        output().object(fields.put("keyValue", found.map(bytes::keyValue)));
      } else if (found.isPresent()) {
        write(found.get().value());
      }
      if (found.isEmpty()) {
        throw new CommandFailure(
            Exit.NOT_FOUND,
            "no key '%s' at revision %d".formatted(bytes.line(wanted), result.revision()));
      }
      return Exit.DONE;
    }

    private void write(Bytes value) {
      if (raw) {
        output().raw(value.toArray());
      } else if (bytes.isEncoded()) {
        output().line(bytes.line(value));
      } else {
        output().raw(value.toArray());
        output().line("");
      }
    }
  }

  /** Writes one key. */
  @Command(
      name = "put",
      description = {
        "Writes a key.",
        "VALUE is the value itself, - for standard input, @FILE for a file; @@text is the text"
            + " @text."
      },
      footer = {
        "  cairn kv put greeting hello",
        "  cairn kv put picture @picture.png",
        "  date | cairn kv put now - --lease 7587",
        "  cairn kv put -- number -5"
      })
  static final class Put extends Call {
    @Mixin private BytesOptions bytes = new BytesOptions();

    @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
    private String key = "";

    @Parameters(index = "1", paramLabel = "VALUE", description = "The value, - or @FILE.")
    private String value = "";

    @Option(names = "--lease", paramLabel = "ID", description = "The lease the key hangs on.")
    private long lease;

    @Option(names = "--prev", description = "Say what was there before.")
    private boolean previous;

    @Override
    Exit run() throws IOException {
      PutOp put =
          PutOp.of(bytes.parse("KEY", key), bytes.value(value, cli().world().input()))
              .withLease(lease);
      PutResult result;
      try (Cairn cairn = connect()) {
        result = cairn.kv().put(previous ? put.withPrevious() : put);
      }
      List<String> lines = new ArrayList<>();
      lines.add("revision " + result.revision());
      Fields fields = Fields.of().put("revision", result.revision());
      if (previous) {
        fields.put("previous", result.previous().map(bytes::keyValue));
        lines.add(
            result.previous().map(was -> "was " + bytes.line(was.value())).orElse("was absent"));
      }
      output().result(fields, lines);
      return Exit.DONE;
    }
  }

  /** Deletes keys. */
  @Command(
      name = "del",
      description = "Deletes one key, or many. Exit code 3 if there was none.",
      footer = {
        "  cairn kv del greeting",
        "  cairn kv del app/ --prefix --prev",
        "  cairn kv del --from a --to b"
      })
  static final class Delete extends Call {
    @Mixin private BytesOptions bytes = new BytesOptions();
    @Mixin private KeysOptions keys = new KeysOptions();

    @Option(names = "--prev", description = "Say what was there before.")
    private boolean previous;

    @Override
    Exit run() {
      KeyRange range =
          keys.range(bytes)
              .orElseThrow(() -> usage("Say which keys: KEY, --from/--to, or --all for all"));
      DeleteOp delete = DeleteOp.of(range);
      DeleteResult result;
      try (Cairn cairn = connect()) {
        result = cairn.kv().delete(previous ? delete.withPrevious() : delete);
      }
      Fields fields =
          Fields.of().put("deleted", result.deleted()).put("revision", result.revision());
      List<String> lines = new ArrayList<>();
      lines.add("deleted " + result.deleted() + ", revision " + result.revision());
      if (previous) {
        fields.objects("previous", result.previous().stream().map(bytes::keyValue).toList());
        result.previous().forEach(was -> lines.add(KvRange.line(bytes, was)));
      }
      output().result(fields, lines);
      return result.deleted() == 0 ? Exit.NOT_FOUND : Exit.DONE;
    }
  }

  /** Writes one key under a condition. */
  @Command(
      name = "cas",
      description = {
        "Compare and set: writes a key if what is there is what is expected. Exit code 4 if it is"
            + " not; then it says what is there.",
        "VALUE is the value itself, - for standard input, @FILE for a file."
      },
      footer = {
        "  cairn kv cas leader me --absent",
        "  cairn kv cas counter 8 --expect 7",
        "  cairn kv cas counter 8 --mod 142"
      })
  static final class Cas extends Call {
    @Mixin private BytesOptions bytes = new BytesOptions();

    @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
    private String key = "";

    @Parameters(index = "1", paramLabel = "VALUE", description = "The new value, - or @FILE.")
    private String value = "";

    @ArgGroup(multiplicity = "1")
    private Condition condition = new Condition();

    /** What is expected; one of these. */
    static final class Condition {
      @Option(names = "--expect", paramLabel = "VALUE", description = "This value is there.")
      private Optional<String> expected = Optional.empty();

      @Option(
          names = "--mod",
          paramLabel = "N",
          description = "The key was last written at revision N.")
      private Optional<Long> modRevision = Optional.empty();

      @Option(names = "--absent", description = "The key does not exist.")
      @SuppressWarnings("UnusedVariable") // what the absence of the others says
      private boolean absent;
    }

    @Override
    Exit run() throws IOException {
      Bytes wanted = bytes.parse("KEY", key);
      Bytes written = bytes.value(value, cli().world().input());
      CasResult result;
      try (Cairn cairn = connect()) {
        result =
            condition.modRevision.isPresent()
                ? cairn.kv().cas(wanted, condition.modRevision.get(), written)
                : cairn
                    .kv()
                    .cas(
                        wanted,
                        condition.expected.map(text -> bytes.parse("--expect", text)),
                        written);
      }
      Fields fields =
          Fields.of().put("succeeded", result.succeeded()).put("revision", result.revision());
      if (result.succeeded()) {
        output().result(fields, "revision " + result.revision());
        return Exit.DONE;
      }
      fields.put("current", result.current().map(bytes::keyValue));
      if (output().isJson()) {
        output().object(fields);
      }
      throw new CommandFailure(
          Exit.CONDITION,
          "not applied: "
              + result
                  .current()
                  .map(
                      now ->
                          "the key has value '%s', mod revision %d"
                              .formatted(bytes.line(now.value()), now.modRevision()))
                  .orElse("the key does not exist"));
    }
  }
}
