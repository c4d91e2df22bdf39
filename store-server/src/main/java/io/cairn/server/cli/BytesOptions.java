package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.KeyValue;
import io.cairn.protocol.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import picocli.CommandLine.Option;

/** How keys and values are written in arguments and results. */
final class BytesOptions {
  @Option(
      names = "--hex",
      description = "Keys and values in arguments and results are hexadecimal.")
  private boolean hex;

  @Option(names = "--base64", description = "The same in base64.")
  private boolean base64;

  /** The bytes that an argument stands for. */
  Bytes parse(String what, String argument) {
    if (hex && base64) {
      throw new CommandFailure(Exit.USAGE, "--hex and --base64 exclude each other");
    }
    try {
      if (hex) {
        return Bytes.of(HexFormat.of().parseHex(argument));
      }
      return base64 ? Bytes.of(Base64.getDecoder().decode(argument)) : Bytes.utf8(argument);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          Exit.USAGE,
          "%s is not %s; nothing was done".formatted(what, hex ? "hexadecimal" : "base64"),
          e);
    }
  }

  /**
   * The value that an argument stands for: {@code -} standard input, {@code @FILE} a file,
   * {@code @@text} the text {@code @text}; else the argument itself.
   */
  Bytes value(String argument, InputStream input) throws IOException {
    if (argument.equals("-")) {
      return Bytes.of(bounded(input, "standard input"));
    }
    if (argument.startsWith("@@")) {
      return parse("the value", argument.substring(1));
    }
    if (argument.startsWith("@")) {
      Path file = Path.of(argument.substring(1));
      try (InputStream content = Files.newInputStream(file)) {
        return Bytes.of(bounded(content, file.toString()));
      }
    }
    return parse("the value", argument);
  }

  private static byte[] bounded(InputStream input, String source) throws IOException {
    byte[] bytes = input.readNBytes(Limits.VALUE_BYTES_MAX + 1);
    if (bytes.length > Limits.VALUE_BYTES_MAX) {
      throw new CommandFailure(
          Exit.USAGE,
          "%s holds more than the %d bytes of a value; nothing was done"
              .formatted(source, Limits.VALUE_BYTES_MAX));
    }
    return bytes;
  }

  /** True if results are not the bytes themselves. */
  boolean isEncoded() {
    return hex || base64;
  }

  /** The bytes on one line. */
  String line(Bytes bytes) {
    if (hex) {
      return bytes.toHex();
    }
    return base64 ? Shown.base64(bytes) : Shown.line(bytes);
  }

  /** Adds the bytes to a JSON object, in the form that was asked for. */
  Fields put(Fields fields, String name, Bytes bytes) {
    if (hex) {
      return fields.put(name, bytes.toHex()).put(name + "Encoding", "hex");
    }
    if (base64) {
      return fields.put(name, Shown.base64(bytes)).put(name + "Encoding", "base64");
    }
    return fields.put(name, bytes);
  }

  /** A key with its value and all numbers. */
  Fields keyValue(KeyValue found) {
    Fields fields = Fields.of();
    put(fields, "key", found.key());
    put(fields, "value", found.value());
    return fields
        .put("createRevision", found.createRevision())
        .put("modRevision", found.modRevision())
        .put("version", found.version())
        .put("lease", found.lease());
  }
}
