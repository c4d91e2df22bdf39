package io.cairn.chaos.report;

import io.cairn.chaos.check.Validity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Many runs on one page: a grid of workloads and faults, and a line for each run. */
public final class MatrixPage {
  private final List<Cell> cells = new ArrayList<>();
  private final Map<String, String> skipped;

  /** An empty page; {@code skipped} says which faults cannot run here, and why. */
  public MatrixPage(Map<String, String> skipped) {
    this.skipped = new LinkedHashMap<>(skipped);
  }

  /**
   * A run.
   *
   * @param healMillis from the end of all faults until all served, if they did
   * @param folder as the page links to it
   * @param note what there is to say, or empty
   */
  public record Cell(
      String workload,
      List<String> faults,
      long seed,
      Validity validity,
      long ops,
      double seconds,
      OptionalLong healMillis,
      String folder,
      String note) {
    String healText() {
      return healMillis.isPresent()
          ? String.format(Locale.ROOT, "%,d ms", healMillis.getAsLong())
          : "";
    }

    String faultText() {
      return faults.isEmpty() ? "none" : String.join(" + ", faults);
    }
  }

  /** Adds a run. */
  public void add(Cell cell) {
    cells.add(cell);
  }

  /** The worst of all; unknown if there is none. */
  public Validity validity() {
    return cells.stream().map(Cell::validity).reduce(Validity::and).orElse(Validity.UNKNOWN);
  }

  /** Writes {@code index.html} into the folder. */
  public void write(Path folder) {
    try {
      Files.writeString(folder.resolve("index.html"), text());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the page of the matrix", e);
    }
  }

  String text() {
    Page page = new Page("Cairn chaos: matrix");
    page.add("<p class=\"eyebrow\">Cairn chaos</p><h1>Workloads under faults</h1>\n");
    String word = VerdictTable.word(validity());
    page.add(
        "<div class=\"verdict %s\"><b>%s</b><span>%s</span></div>\n",
        word, word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1), counts());
    grid(page);
    page.add("<h2>Runs</h2>\n");
    page.add(
        "<table><tr><th>workload</th><th>faults</th><th>verdict</th><th class=\"n\">operations</th>"
            + "<th class=\"n\">time</th><th class=\"n\">served after</th><th class=\"n\">seed</th><th>note</th></tr>\n");
    for (Cell cell : cells) {
      page.add(
          "<tr><td><a href=\"%s/index.html\">%s</a></td><td>%s</td><td>%s</td>"
              + "<td class=\"n\">%,d</td><td class=\"n\">%.0f s</td>"
              + "<td class=\"n\">%s</td><td class=\"n\">%d</td>"
              + "<td class=\"said\">%s</td></tr>\n",
          Markup.escaped(cell.folder()),
          Markup.escaped(cell.workload()),
          Markup.escaped(cell.faultText()),
          VerdictTable.chip(cell.validity()),
          cell.ops(),
          cell.seconds(),
          cell.healText(),
          cell.seed(),
          Markup.escaped(cell.note()));
    }
    page.add("</table>\n");
    if (!skipped.isEmpty()) {
      page.add("<h2>Cannot run here</h2>\n<table>");
      skipped.forEach(
          (fault, why) ->
              page.add(
                  "<tr><td>%s</td><td class=\"said\">%s</td></tr>\n",
                  Markup.escaped(fault), Markup.escaped(why)));
      page.add("</table>\n");
    }
    return page.text();
  }

  private String counts() {
    long ops = cells.stream().mapToLong(Cell::ops).sum();
    double hours = cells.stream().mapToDouble(Cell::seconds).sum() / 3_600;
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT, "%d runs, %,d operations, %.2f hours: ", cells.size(), ops, hours));
    String gap = "";
    for (Validity validity : Validity.values()) {
      long count = cells.stream().filter(cell -> cell.validity() == validity).count();
      text.append(gap).append(count).append(' ').append(VerdictTable.word(validity));
      gap = ", ";
    }
    return text.toString();
  }

  /** The worst verdict of each workload under each fault, alone or with another. */
  private void grid(Page page) {
    Set<String> workloads = new LinkedHashSet<>();
    Set<String> faults = new LinkedHashSet<>();
    Map<List<String>, Validity> worst = new LinkedHashMap<>();
    for (Cell cell : cells) {
      workloads.add(cell.workload());
      for (String fault : cell.faults().isEmpty() ? List.of("none") : cell.faults()) {
        faults.add(fault);
        worst.merge(List.of(cell.workload(), fault), cell.validity(), Validity::and);
      }
    }
    page.add("<h2>Worst verdict</h2>\n<table><tr><th></th>");
    workloads.forEach(workload -> page.add("<th>%s</th>", Markup.escaped(workload)));
    page.add("</tr>\n");
    for (String fault : faults) {
      page.add("<tr><td>%s</td>", Markup.escaped(fault));
      for (String workload : workloads) {
        Validity validity = worst.get(List.of(workload, fault));
        page.add("<td>%s</td>", validity == null ? "" : VerdictTable.chip(validity));
      }
      page.add("</tr>\n");
    }
    page.add("</table>\n");
  }
}
