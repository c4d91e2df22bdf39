package io.cairn.examples.wordcount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The lines of a text in UTF-8, and their words. */
public final class Text {
  private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{N}'-]+");

  private final List<String> lines;

  private Text(List<String> lines) {
    this.lines = List.copyOf(lines);
  }

  /** Reads a file. */
  public static Text read(Path file) throws IOException {
    return new Text(Files.readAllLines(file));
  }

  /** How many lines. */
  public int lines() {
    return lines.size();
  }

  /** The words of a line, in lower case. */
  public List<String> words(int line) {
    return Arrays.stream(BETWEEN.split(lines.get(line).toLowerCase(Locale.ROOT)))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
