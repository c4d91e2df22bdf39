package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.client.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words: separated by blanks, in {@code "..."} with {@code \n \t \\ \" \xNN}, or
 * in {@code '...'} as they are. Outside of quotes the characters {@code ( ) = ! < >} stand alone if
 * that is asked for.
 */
final class Words {
  private static final String SYMBOLS = "()=!<>";

  /**
   * One word.
   *
   * @param isQuoted true: it was quoted, and is no option
   */
  record Word(Bytes bytes, boolean isQuoted) {
    /** The word as text. */
    String text() {
      return bytes.toUtf8();
    }
  }

  private final String line;
  private final boolean symbols;
  private final List<Word> words = new ArrayList<>();
  private final ByteArrayOutputStream open = new ByteArrayOutputStream();
  private boolean isOpen;
  private boolean isQuoted;
  private int at;

  private Words(String line, boolean symbols) {
    this.line = line;
    this.symbols = symbols;
  }

  /** The words of {@code line}. */
  static List<Word> of(String line) {
    return new Words(line, false).split();
  }

  /** The words of {@code line}, in which symbols stand alone. */
  static List<Word> withSymbols(String line) {
    return new Words(line, true).split();
  }

  private List<Word> split() {
    while (at < line.length()) {
      int point = line.codePointAt(at);
      at += Character.charCount(point);
      if (Character.isWhitespace(point)) {
        close();
      } else if (point == '"') {
        readDouble();
      } else if (point == '\'') {
        readSingle();
      } else if (symbols && SYMBOLS.indexOf(point) >= 0) {
        close();
        write(point);
        close();
      } else {
        write(point);
      }
    }
    close();
    return words;
  }

  private void readDouble() {
    isOpen = true;
    isQuoted = true;
    while (at < line.length()) {
      int point = line.codePointAt(at);
      at += Character.charCount(point);
      if (point == '"') {
        return;
      }
      if (point == '\\') {
        readEscape();
      } else {
        write(point);
      }
    }
    throw wrong("a \" is not closed");
  }

  private void readEscape() {
    if (at >= line.length()) {
      throw wrong("a \\ stands at the end");
    }
    char kind = line.charAt(at++);
    switch (kind) {
      case 'n' -> write('\n');
      case 't' -> write('\t');
      case 'r' -> write('\r');
      case '\\', '"', '\'' -> write(kind);
      case 'x' -> {
        try {
          open.write(Integer.parseInt(line.substring(at, at + 2), 16));
          at += 2;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
          throw wrong("\\x needs two hexadecimal digits");
        }
      }
      default -> throw wrong("\\" + kind + " is none of \\n \\t \\r \\\\ \\\" \\' \\xNN");
    }
  }

  private void readSingle() {
    int end = line.indexOf('\'', at);
    if (end < 0) {
      throw wrong("a ' is not closed");
    }
    isOpen = true;
    isQuoted = true;
    open.writeBytes(line.substring(at, end).getBytes(UTF_8));
    at = end + 1;
  }

  private void write(int point) {
    isOpen = true;
    open.writeBytes(Character.toString(point).getBytes(UTF_8));
  }

  private void close() {
    if (isOpen) {
      words.add(new Word(Bytes.of(open.toByteArray()), isQuoted));
      open.reset();
      isOpen = false;
      isQuoted = false;
    }
  }

  private CommandFailure wrong(String reason) {
    return new CommandFailure(
        Exit.USAGE, "in '" + line.strip() + "': " + reason + "; nothing was done");
  }
}
