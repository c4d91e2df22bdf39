package io.cairn.chaos.history;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import us.bpsm.edn.parser.Parseable;
import us.bpsm.edn.parser.Parser;
import us.bpsm.edn.parser.Parsers;

/**
 * Reads histories of any source: maps one behind the other, or all in one vector or list; tagged or
 * not; keys as keywords or strings; commas where they like. A missing index is its place, a missing
 * time that of the line before. A process that is no number is a nemesis: one of that name, or one
 * that never does what only clients do. Holds one map at a time.
 */
public final class HistoryReader {
  /** Lines that are read, as many as are ever recorded; memory may end before. */
  static final int OPS_MAX = 20_000_000;

  /** Of one map, or of all in one vector within a line; a set of a million elements has less. */
  static final int MAP_CHARACTERS_MAX = 1 << 26;

  /** Up to here a double is one whole number and no other. */
  private static final double WHOLE_MAX = 1L << 53;

  private final EdnSource source;
  private final Parser parser =
      Parsers.newParser(
          Parsers.newParserConfigBuilder()
              .acceptUnicodeEscapesInStringLiterals(true)
              .setMapFactory(EdnMaps::new)
              .build());
  private final HistoryRules rules = new HistoryRules();
  private final Map<String, String> words = new HashMap<>();
  private long index;
  private long lastTimeNanos;

  private HistoryReader(Reader from) {
    source = new EdnSource(from);
  }

  /**
   * Reads a whole file.
   *
   * @throws MalformedHistory if it is no history
   */
  public static History read(Path file) throws IOException {
    try (Reader from = new StrictText(Files.newInputStream(file))) {
      return read(from);
    }
  }

  /**
   * Reads a whole history.
   *
   * @throws MalformedHistory if it is none
   */
  public static History read(Reader from) throws IOException {
    List<Op> ops = new ArrayList<>();
    stream(from, ops::add);
    return new History(ops);
  }

  /**
   * Hands the lines on one by one, checked.
   *
   * @throws MalformedHistory at the first line that is wrong, after those before it were handed on
   */
  public static void stream(Reader from, Consumer<Op> to) throws IOException {
    new HistoryReader(from).readAll(to);
  }

  private void readAll(Consumer<Op> to) throws IOException {
    try {
      int first = source.peek();
      int close = first == '[' ? ']' : first == '(' ? ')' : Parseable.END_OF_INPUT;
      if (close != Parseable.END_OF_INPUT) {
        source.read();
      }
      int next = peek();
      while (next != Parseable.END_OF_INPUT && next != close) {
        readOne(to);
        next = peek();
      }
      if (next != close) {
        throw new MalformedHistory(source.line(), "ends before its closing " + (char) close);
      }
      if (close != Parseable.END_OF_INPUT) {
        source.read();
        if (source.peek() != Parseable.END_OF_INPUT) {
          throw new MalformedHistory(
              source.line(), "there is more behind the closing " + (char) close);
        }
      }
    } catch (CharacterCodingException e) {
      throw new MalformedHistory(source.line(), "is not UTF-8");
    }
  }

  /** The next character behind what is no value, or is to be discarded. */
  private int peek() throws IOException {
    int next = source.peek();
    while (next == '#' && source.takeDiscard()) {
      Object ignored = parse(source.line());
      next = source.peek();
    }
    return next;
  }

  private void readOne(Consumer<Op> to) {
    long line = source.line();
    Object value = parse(line);
    if (value instanceof List<?> all) {
      for (Object one : all) {
        accept(one, line, to);
      }
    } else {
      accept(value, line, to);
    }
  }

  /**
   * The parser is not ours, and the text anybody's: whatever it throws says that this is no EDN.
   */
  private @Nullable Object parse(long line) {
    source.allow(MAP_CHARACTERS_MAX);
    try {
      Object value = parser.nextValue(source);
      if (value == Parser.END_OF_INPUT) {
        throw new MalformedHistory(line, "is no EDN: it ends too early");
      }
      source.allow(Long.MAX_VALUE / 2);
      return EdnValues.of(value);
    } catch (MalformedHistory e) {
      throw e;
    } catch (RuntimeException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw new MalformedHistory(source.line(), "is not UTF-8");
      }
      throw new MalformedHistory(line, "is no EDN: " + shortened(String.valueOf(e.getMessage())));
    } catch (StackOverflowError e) {
      throw new MalformedHistory(line, "is nested too deeply");
    }
  }

  private void accept(@Nullable Object value, long line, Consumer<Op> to) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new MalformedHistory(line, "is no map: " + brief(value));
    }
    if (index >= OPS_MAX) {
      throw new MalformedHistory(line, "more than " + OPS_MAX + " lines are not read");
    }
    Op op = op(map, line);
    rules.check(op, line);
    index++;
    lastTimeNanos = op.timeNanos();
    to.accept(op);
  }

  private Op op(Map<?, ?> map, long line) {
    Map<String, Object> extras = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String key = word(entry.getKey());
      if (key != null && !isOwnField(key)) {
        extras.put(key, entry.getValue());
      }
    }
    String f = word(map.get("f"));
    if (f == null || f.isEmpty()) {
      throw new MalformedHistory(line, "has no :f");
    }
    OpType type = type(word(map.get("type")), line);
    return new Op(
        number(map, "index", index, line),
        number(map, "time", lastTimeNanos, line),
        type,
        process(map, type, line),
        f,
        map.get("value"),
        extras);
  }

  private static boolean isOwnField(String key) {
    return switch (key) {
      case "index", "time", "type", "process", "f", "value" -> true;
      default -> false;
    };
  }

  private static long number(Map<?, ?> map, String field, long missing, long line) {
    Object value = map.get(field);
    if (value == null) {
      return missing;
    }
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof Double number
        && number == Math.rint(number)
        && Math.abs(number) < WHOLE_MAX) {
      return number.longValue();
    }
    throw new MalformedHistory(line, ":" + field + " is no number: " + brief(value));
  }

  /**
   * Whoever begins something, or ends it with {@code :ok} or {@code :fail}, is a client, unless it
   * is called a nemesis; a client without a number would be left out of what is judged.
   */
  private long process(Map<?, ?> map, OpType type, long line) {
    Object value = map.get("process");
    String name = word(value);
    if (name != null && (name.equals("nemesis") || type == OpType.INFO)) {
      return Op.NEMESIS;
    }
    if (value instanceof Long number && number >= 0) {
      return number;
    }
    throw new MalformedHistory(line, ":process is " + brief(value) + ", must be 0 or more");
  }

  private static OpType type(@Nullable String text, long line) {
    for (OpType type : OpType.values()) {
      if (type.text().equals(text)) {
        return type;
      }
    }
    throw new MalformedHistory(
        line, ":type is " + brief(text) + ", must be :invoke, :ok, :fail or :info");
  }

  /** The text of a keyword or string, one object for each. */
  private @Nullable String word(@Nullable Object value) {
    String text;
    if (value instanceof Keyword keyword) {
      text = keyword.name();
    } else if (value instanceof String string) {
      text = string.startsWith(":") ? string.substring(1) : string;
    } else {
      return null;
    }
    if (text.length() > 64) {
      return text;
    }
    String known = words.putIfAbsent(text, text);
    return known == null ? text : known;
  }

  private static String brief(@Nullable Object value) {
    return shortened(EdnText.of(value));
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
