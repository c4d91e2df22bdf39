package io.cairn.chaos.history;

import java.io.IOException;
import java.io.Reader;
import us.bpsm.edn.parser.Parseable;

/** Text for the EDN parser that knows the line it is in. */
final class EdnSource implements Parseable {
  private final Reader from;
  private final char[] buffer = new char[1 << 15];
  private final StringBuilder unread = new StringBuilder();
  private int at;
  private int end;
  private long line = 1;
  private long taken;
  private long limit = Long.MAX_VALUE;

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
    return buffer[at++];
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
        while (next != '\n' && next != END_OF_INPUT) {
          next = read();
        }
      } else {
        next = read();
      }
    }
    unread(next);
    return next;
  }

  @Override
  public void close() throws IOException {
    from.close();
  }
}
