package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Compare;
import io.cairn.client.DeleteOp;
import io.cairn.client.KeyRange;
import io.cairn.client.Op;
import io.cairn.client.PutOp;
import io.cairn.client.RangeOp;
import io.cairn.client.Txn;
import io.cairn.server.cli.Words.Word;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a transaction as etcdctl writes it: lines with conditions, an empty line, lines with what
 * is done if all hold, an empty line, lines with what is done otherwise.
 */
final class TxnText {
  private TxnText() {}

  /** Reads all three parts. */
  static Txn parse(List<String> lines) {
    List<List<String>> parts = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    int part = 0;
    for (String line : lines) {
      if (line.isBlank()) {
        part++;
      } else if (part > 2) {
        throw wrong(line, "a fourth part: a transaction has conditions, then, otherwise");
      } else if (!line.strip().startsWith("#")) {
        parts.get(part).add(line);
      }
    }
    return parse(parts.get(0), parts.get(1), parts.get(2));
  }

  /** Reads the three parts. */
  static Txn parse(List<String> conditions, List<String> then, List<String> otherwise) {
    return new Txn(
        conditions.stream().map(TxnText::compare).toList(),
        then.stream().map(TxnText::op).toList(),
        otherwise.stream().map(TxnText::op).toList());
  }

  /** Reads {@code mod("key") = 7} and its like. */
  static Compare compare(String line) {
    List<Word> words = Words.withSymbols(line);
    if (words.size() < 4 || !words.get(1).text().equals("(") || !words.get(3).text().equals(")")) {
      throw wrong(line, "a condition is like: mod(\"key\") = 7");
    }
    String what = words.get(0).text();
    Bytes key = words.get(2).bytes();
    if (words.size() == 4) {
      return switch (what) {
        case "exists" -> Compare.exists(key);
        case "absent" -> Compare.absent(key);
        default -> throw wrong(line, "only exists and absent stand alone");
      };
    }
    StringBuilder sign = new StringBuilder();
    for (Word word : words.subList(4, words.size() - 1)) {
      sign.append(word.text());
    }
    Compare.Relation relation =
        switch (sign.toString()) {
          case "=", "==" -> Compare.Relation.EQUAL;
          case "!=" -> Compare.Relation.NOT_EQUAL;
          case "<" -> Compare.Relation.LESS;
          case ">" -> Compare.Relation.GREATER;
          default -> throw wrong(line, "'" + sign + "' is none of = != < >");
        };
    Word right = words.get(words.size() - 1);
    return switch (what) {
      case "value", "val" -> Compare.value(key, relation, right.bytes());
      case "mod" -> Compare.modRevision(key, relation, number(line, right));
      case "create", "c" -> Compare.createRevision(key, relation, number(line, right));
      case "version", "ver" -> Compare.version(key, relation, number(line, right));
      case "lease" -> Compare.lease(key, relation, number(line, right));
      default ->
          throw wrong(
              line, "'" + what + "' is none of value, mod, create, version, lease, exists, absent");
    };
  }

  /** Reads {@code put}, {@code get} or {@code del} with what follows. */
  static Op op(String line) {
    Arguments arguments = new Arguments(line, Words.of(line));
    String verb = arguments.next("put, get or del").text();
    Op op =
        switch (verb) {
          case "put" -> put(arguments);
          case "get" -> get(arguments);
          case "del" -> delete(arguments);
          default -> throw wrong(line, "'" + verb + "' is none of put, get, del");
        };
    arguments.end();
    return op;
  }

  private static Op put(Arguments arguments) {
    long lease = arguments.number("--lease");
    boolean previous = arguments.flag("--prev");
    PutOp put =
        PutOp.of(arguments.next("a key").bytes(), arguments.next("a value").bytes())
            .withLease(lease);
    return previous ? put.withPrevious() : put;
  }

  private static Op get(Arguments arguments) {
    long limit = arguments.number("--limit");
    long revision = arguments.number("--rev");
    boolean keysOnly = arguments.flag("--keys-only");
    boolean count = arguments.flag("--count");
    RangeOp range = RangeOp.of(arguments.keys()).limit(limit).atRevision(revision);
    if (count) {
      return range.countOnly();
    }
    return keysOnly ? range.keysOnly() : range;
  }

  private static Op delete(Arguments arguments) {
    boolean previous = arguments.flag("--prev");
    DeleteOp delete = DeleteOp.of(arguments.keys());
    return previous ? delete.withPrevious() : delete;
  }

  private static long number(String line, Word word) {
    try {
      return Long.parseLong(word.text());
    } catch (NumberFormatException e) {
      throw wrong(line, "'" + word.text() + "' is not a number");
    }
  }

  private static CommandFailure wrong(String line, String reason) {
    return new CommandFailure(
        Exit.USAGE, "in '" + line.strip() + "': " + reason + "; nothing was done");
  }

  /** The words of one operation, of which options are taken first. */
  private static final class Arguments {
    private final String line;
    private final List<Word> words;

    Arguments(String line, List<Word> words) {
      this.line = line;
      this.words = words;
    }

    boolean flag(String name) {
      int at = find(name);
      if (at >= 0) {
        words.remove(at);
      }
      return at >= 0;
    }

    long number(String name) {
      int at = find(name);
      if (at < 0) {
        return 0;
      }
      words.remove(at);
      if (at >= words.size()) {
        throw wrong(line, name + " needs a number");
      }
      return TxnText.number(line, words.remove(at));
    }

    private int find(String name) {
      for (int i = 0; i < words.size(); i++) {
        if (!words.get(i).isQuoted() && words.get(i).text().equals(name)) {
          return i;
        }
      }
      return -1;
    }

    Word next(String what) {
      if (words.isEmpty()) {
        throw wrong(line, what + " is missing");
      }
      return words.remove(0);
    }

    KeyRange keys() {
      boolean prefix = flag("--prefix");
      Bytes key = next("a key").bytes();
      if (prefix) {
        return KeyRange.prefix(key);
      }
      return words.isEmpty() ? KeyRange.key(key) : KeyRange.between(key, words.remove(0).bytes());
    }

    void end() {
      if (!words.isEmpty()) {
        throw wrong(line, "'" + words.get(0).text() + "' is too much");
      }
    }
  }
}
