package io.cairn.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cairn.client.Bytes;
import io.cairn.client.Compare;
import io.cairn.client.DeleteOp;
import io.cairn.client.KeyRange;
import io.cairn.client.Op;
import io.cairn.client.PutOp;
import io.cairn.client.RangeOp;
import io.cairn.client.Txn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a transaction from JSON: {@code compares}, {@code then}, {@code otherwise}. Bytes are text,
 * or what a field of the same name with {@code Encoding} behind it says, as in results.
 */
final class TxnJson {
  private TxnJson() {}

  /** Reads a transaction. */
  static Txn parse(String json) {
    JsonNode root;
    try {
      root =
          new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readTree(json);
    } catch (JsonProcessingException e) {
      throw wrong(
          "the input is not JSON, at line %d, column %d"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
    return txn(root);
  }

  private static Txn txn(JsonNode node) {
    only(node, "compares", "then", "otherwise");
    List<Compare> compares = new ArrayList<>();
    list(node, "compares").forEach(item -> compares.add(compare(item)));
    return new Txn(compares, ops(list(node, "then")), ops(list(node, "otherwise")));
  }

  private static List<JsonNode> list(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong(name + " is not a list");
    }
    List<JsonNode> items = new ArrayList<>();
    value.forEach(items::add);
    return items;
  }

  private static Compare compare(JsonNode node) {
    only(node, "key", "keyEncoding", "target", "relation", "number", "value", "valueEncoding");
    Bytes key = bytes(node, "key").orElseThrow(() -> wrong("a comparison has no key"));
    Compare.Target target = constant(Compare.Target.class, node, "target");
    return new Compare(
        KeyRange.key(key),
        target,
        node.has("relation")
            ? constant(Compare.Relation.class, node, "relation")
            : Compare.Relation.EQUAL,
        number(node, "number"),
        bytes(node, "value").orElse(Bytes.empty()));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, JsonNode node, String name) {
    String text = node.path(name).asText().toUpperCase(Locale.ROOT);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    "%s is '%s', allowed are %s"
                        .formatted(name, text, Arrays.toString(type.getEnumConstants()))));
  }

  private static List<Op> ops(List<JsonNode> nodes) {
    return nodes.stream().map(TxnJson::op).toList();
  }

  private static Op op(JsonNode node) {
    if (!node.isObject() || node.size() != 1) {
      throw wrong("an operation is an object with one of put, get, del, txn");
    }
    String verb = node.fieldNames().next();
    JsonNode body = node.path(verb);
    return switch (verb) {
      case "put" -> put(body);
      case "get" -> get(body);
      case "del" -> delete(body);
      case "txn" -> txn(body);
      default -> throw wrong("'" + verb + "' is none of put, get, del, txn");
    };
  }

  private static Op put(JsonNode node) {
    only(node, "key", "keyEncoding", "value", "valueEncoding", "lease", "previous");
    PutOp put =
        PutOp.of(
                bytes(node, "key").orElseThrow(() -> wrong("a put has no key")),
                bytes(node, "value").orElseThrow(() -> wrong("a put has no value")))
            .withLease(number(node, "lease"));
    return node.path("previous").asBoolean() ? put.withPrevious() : put;
  }

  private static Op get(JsonNode node) {
    only(node, "key", "keyEncoding", "end", "endEncoding", "prefix", "limit", "revision");
    return RangeOp.of(keys(node)).limit(number(node, "limit")).atRevision(number(node, "revision"));
  }

  private static Op delete(JsonNode node) {
    only(node, "key", "keyEncoding", "end", "endEncoding", "prefix", "previous");
    DeleteOp delete = DeleteOp.of(keys(node));
    return node.path("previous").asBoolean() ? delete.withPrevious() : delete;
  }

  private static KeyRange keys(JsonNode node) {
    Bytes key = bytes(node, "key").orElseThrow(() -> wrong("an operation has no key"));
    if (node.path("prefix").asBoolean()) {
      return KeyRange.prefix(key);
    }
    return bytes(node, "end")
        .map(end -> KeyRange.between(key, end))
        .orElseGet(() -> KeyRange.key(key));
  }

  private static long number(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isMissingNode() && !value.canConvertToLong()) {
      throw wrong(name + " is not a number");
    }
    return value.asLong();
  }

  private static Optional<Bytes> bytes(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw wrong(name + " is not a text");
    }
    String encoding = node.path(name + "Encoding").asText("utf8");
    try {
      return Optional.of(
          switch (encoding) {
            case "utf8" -> Bytes.utf8(value.asText());
            case "base64" -> Bytes.of(Base64.getDecoder().decode(value.asText()));
            case "hex" -> Bytes.of(HexFormat.of().parseHex(value.asText()));
            default -> throw wrong(name + "Encoding is none of utf8, base64, hex");
          });
    } catch (IllegalArgumentException e) {
      throw wrong(name + " is not " + encoding);
    }
  }

  private static void only(JsonNode node, String... names) {
    if (!node.isObject()) {
      throw wrong("an object is needed with " + String.join(", ", names));
    }
    Set<String> allowed = Set.of(names);
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!allowed.contains(name)) {
                throw wrong("there is no field '" + name + "', only " + String.join(", ", names));
              }
            });
  }

  private static CommandFailure wrong(String reason) {
    return new CommandFailure(Exit.USAGE, "transaction: " + reason + "; nothing was done");
  }
}
