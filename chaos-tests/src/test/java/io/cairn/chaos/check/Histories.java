package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.HistoryReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;

/** Short histories for tests. */
final class Histories {
  private Histories() {}

  /**
   * Of lines such as {@code 0 ok read [1 2]}: process, type, f, value; further fields behind it.
   */
  static History of(String... lines) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      String[] parts = lines[i].split(" ", 4);
      text.append(
          "{:index %d :time %d :process %s :type :%s :f :%s :value %s}%n"
              .formatted(i, i * 1_000_000L, parts[0], parts[1], parts[2], parts[3]));
    }
    try {
      return HistoryReader.read(new StringReader(text.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
