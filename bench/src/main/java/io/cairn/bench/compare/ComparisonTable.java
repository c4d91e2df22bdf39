package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** A comparison as a table for a terminal: figures are medians of the rounds. */
public final class ComparisonTable {
  private static final List<String> HEAD =
      List.of(
          "load",
          "store",
          "ops/s",
          "p50 ms",
          "p99 ms",
          "server us/op",
          "client us/op",
          "device B/B",
          "failed",
          "Cairn / it: rate (min to max)",
          "server us/op");

  private ComparisonTable() {}

  /** The table, with a line for each store that was not measured. */
  public static String of(Comparison found) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    for (Cell cell : found.plan().cells()) {
      String title = cell.title() + ", " + cell.pace().label();
      for (StoreKind kind : found.plan().stores()) {
        Optional<Samples> samples = found.samples(cell, kind);
        if (samples.isPresent()) {
          rows.add(row(title, cell, kind, samples.get(), found.samples(cell, StoreKind.CAIRN)));
        } else {
          String why = found.leftOut(cell, kind).or(() -> missing(found, kind)).orElse("no turn");
          rows.add(List.of(title, kind.label(), "SKIPPED: " + why));
        }
        title = "";
      }
    }
    StringBuilder text = new StringBuilder();
    for (Map.Entry<StoreKind, String> entry : found.missing().entrySet()) {
      text.append("SKIPPED ").append(entry.getKey().label()).append(": ");
      text.append(entry.getValue()).append('\n');
    }
    return text + aligned(rows);
  }

  private static Optional<String> missing(Comparison found, StoreKind kind) {
    return Optional.ofNullable(found.missing().get(kind)).map(why -> "not installed");
  }

  private static List<String> row(
      String title, Cell cell, StoreKind kind, Samples samples, Optional<Samples> ours) {
    boolean isPeer = kind != StoreKind.CAIRN && ours.isPresent();
    return List.of(
        title,
        kind.label(),
        median(samples, "%,.0f", Sample::perSecond),
        String.format(Locale.ROOT, "%.2f", samples.millis(50)),
        String.format(Locale.ROOT, "%.2f", samples.millis(99)),
        median(samples, "%,.0f", Sample::serverMicros),
        median(samples, "%,.0f", Sample::clientMicros),
        cell.valueBytes() == 0 || cell.work().readsKeys()
            ? "-"
            : median(samples, "%.1f", sample -> sample.writtenBytes() / cell.valueBytes()),
        Long.toString(samples.failed()),
        isPeer ? ratio(ours.get(), samples, Sample::perSecond, true) : "",
        isPeer ? ratio(ours.get(), samples, Sample::serverMicros, false) : "");
  }

  private static String median(Samples samples, String form, ToDoubleFunction<Sample> figure) {
    return samples
        .spread(figure)
        .map(spread -> String.format(Locale.ROOT, form, spread.median()))
        .orElse("-");
  }

  private static String ratio(
      Samples ours, Samples theirs, ToDoubleFunction<Sample> figure, boolean withEnds) {
    return ours.ratio(theirs, figure)
        .map(
            spread ->
                withEnds
                    ? String.format(
                        Locale.ROOT,
                        "%.2f (%.2f to %.2f)",
                        spread.median(),
                        spread.min(),
                        spread.max())
                    : String.format(Locale.ROOT, "%.2f", spread.median()))
        .orElse("-");
  }

  /** The first two columns to the left, figures to the right; a row may end early. */
  static String aligned(List<List<String>> rows) {
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        if (row.size() == HEAD.size() || i < 2) {
          widths[i] = Math.max(widths[i], row.get(i).length());
        }
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String form = i < 2 || row.size() < HEAD.size() ? "%-" : "%";
        line.append(String.format(Locale.ROOT, form + Math.max(1, widths[i]) + "s  ", row.get(i)));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
