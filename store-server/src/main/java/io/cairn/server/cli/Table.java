package io.cairn.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rows of text in aligned columns. For one thread. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  /** A table with this first row. */
  Table(String... header) {
    rows.add(List.of(header));
  }

  /** Adds a row; the last columns may be left out. */
  void row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    rows.add(row);
  }

  /** The lines, with two spaces between columns and none at the end. */
  List<String> lines() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      // The last cell of a short row is a remark that may reach over the columns behind it.
      int counted = row.size() < columns ? row.size() - 1 : row.size();
      IntStream.range(0, counted)
          .forEach(i -> widths[i] = Math.max(widths[i], row.get(i).length()));
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i));
      if (i < row.size() - 1) {
        line.append(" ".repeat(Math.max(0, widths[i] - row.get(i).length()) + 2));
      }
    }
    return line.toString().stripTrailing();
  }
}
