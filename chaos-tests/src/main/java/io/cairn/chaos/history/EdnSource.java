package io.cairn.chaos.history;

import java.io.IOException;
import java.io.Reader;
import us.bpsm.edn.parser.Parseable;

/**
 * Text for the EDN parser that knows the line it is in, and refuses what the parser would choke on:
 * numbers that take hours to read, and nesting deeper than the stack.
 */
final class EdnSource implements Parseable {
  /** Of one number; the time to read it grows with their square. */
  static final int DIGITS_MAX = 1_000;

  /** Brackets that are open at once. */
  static final int DEPTH_MAX = 200;

  /** Where the characters are that come from {@link #from}. */
  private enum Place {
    VALUES,
    STRING,
    COMMENT
  }

  private final Reader from;
  private final char[] buffer = new char[1 << 15];
  private final StringBuilder unread = new StringBuilder();
  private int at;
  private int end;
  private long line = 1;
  private long taken;
  private long limit = Long.MAX_VALUE;
  private Place place = Place.VALUES;
  private boolean isEscaped;
  private int digits;
  private int depth;

  EdnSource(Reader from) {
    this.from = from;
  }

  /** The line of the next character, from 1. */
  long line() {
    return line;
  }

  /** From here on this many characters are read, and none more. */
  void allow(long characters) {
    limit = taken + characters;
  }

  @Override
  public int read() throws IOException {
    if (taken >= limit) {
      throw new MalformedHistory(line, "is longer than may be read at once");
    }
    taken++;
    int next = next();
    if (next == '\n') {
      line++;
    }
    return next;
  }

  private int next() throws IOException {
    int last = unread.length() - 1;
    if (last >= 0) {
      char next = unread.charAt(last);
      unread.setLength(last);
      return next;
    }
    if (at == end) {
      end = Math.max(0, from.read(buffer, 0, buffer.length));
      at = 0;
      if (end == 0) {
        return END_OF_INPUT;
      }
    }
    char next = buffer[at++];
    follow(next);
    return next;
  }

  /** Knows strings, characters and comments, in which brackets and digits are no more than text. */
  private void follow(char next) {
    if (isEscaped) {
      isEscaped = false;
      return;
    }
    switch (place) {
      case STRING -> {
        isEscaped = next == '\\';
        place = next == '"' ? Place.VALUES : Place.STRING;
      }
      case COMMENT -> place = isEndOfLine(next) ? Place.VALUES : Place.COMMENT;
      case VALUES -> value(next);
    }
  }

  private void value(char next) {
    digits = next >= '0' && next <= '9' ? digits + 1 : 0;
    if (digits > DIGITS_MAX) {
      throw new MalformedHistory(line, "a number has more than " + DIGITS_MAX + " digits");
    }
    switch (next) {
      case '"' -> place = Place.STRING;
      case ';' -> place = Place.COMMENT;
      case '\\' -> isEscaped = true;
      case '(', '[', '{' -> depth++;
      case ')', ']', '}' -> depth = Math.max(0, depth - 1);
      default -> {}
    }
    if (depth > DEPTH_MAX) {
      throw new MalformedHistory(line, "is nested too deeply, beyond " + DEPTH_MAX + " brackets");
    }
  }

  private static boolean isEndOfLine(int next) {
    return next == '\n' || next == '\r';
  }

  @Override
  public void unread(int c) {
    if (c == END_OF_INPUT) {
      return;
    }
    if (c == '\n') {
      line--;
    }
    taken--;
    unread.append((char) c);
  }

  /** Skips blanks, commas and comments; the next character without taking it, or the end. */
  int peek() throws IOException {
    int next = read();
    while (next == ';' || next == ',' || next == 0xFEFF || Character.isWhitespace(next)) {
      if (next == ';') {
        while (!isEndOfLine(next) && next != END_OF_INPUT) {
          next = read();
        }
      } else {
        next = read();
      }
    }
    unread(next);
    return next;
  }

  /** Takes the mark by which the next value is to be discarded, if it comes next. */
  boolean takeDiscard() throws IOException {
    int first = read();
    int second = first == '#' ? read() : END_OF_INPUT;
    if (second == '_') {
      return true;
    }
    unread(second);
    unread(first);
    return false;
  }

  @Override
  public void close() throws IOException {
    from.close();
  }
}
