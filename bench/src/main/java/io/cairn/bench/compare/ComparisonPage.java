package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreKind;
import io.cairn.bench.report.Page;
import io.cairn.bench.report.Plot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A comparison as a page with pictures. */
public final class ComparisonPage {
  private final Comparison found;
  private final Page page = new Page("Cairn beside other stores");

  private ComparisonPage(Comparison found) {
    this.found = found;
  }

  /** The page. */
  public static String of(Comparison found, Map<String, String> machine) {
    return new ComparisonPage(found).text(machine);
  }

  private String text(Map<String, String> machine) {
    head(machine);
    if (found.stores().size() > 1) {
      RatioRows.add(page, found, "Operations per second, Cairn divided by the other", true);
      RatioRows.add(page, found, "Processor time of all servers for an operation", false);
    }
    byLoad().forEach(this::charts);
    table();
    facts(machine);
    return page.text();
  }

  private void head(Map<String, String> machine) {
    page.add("<h1>Cairn beside other stores</h1>\n");
    Plan plan = found.plan();
    page.add(
        "<p class=\"soft\">The same loads, keys and clock, on one machine with %s processors; in"
            + " turn, in %d rounds of %.1f s for each load, after %d s of warm-up. Bars are medians"
            + " of the rounds, whiskers go from the lowest to the highest.</p>\n",
        Page.escaped(machine.getOrDefault("processors", "?")),
        plan.rounds(),
        plan.cellSeconds(),
        plan.warmupSeconds());
    page.add("<ul class=\"key\">\n");
    for (Comparison.Store store : found.stores()) {
      page.add(
          "<li><span class=\"swatch %s\"></span>%s %s <small>%s</small></li>\n",
          store.kind().label(),
          store.kind().label(),
          Page.escaped(store.version()),
          Page.escaped(store.setup()));
    }
    page.add("</ul>\n");
    if (!found.missing().isEmpty()) {
      page.add("<div class=\"skipped\">\n");
      found
          .missing()
          .forEach(
              (kind, why) ->
                  page.add(
                      "<p><strong>%s was skipped:</strong> %s</p>\n",
                      kind.label(), Page.escaped(why)));
      page.add("</div>\n");
    }
  }

  /** Cells that differ in their pace only stand in one picture. */
  private Map<String, List<Cell>> byLoad() {
    Map<String, List<Cell>> loads = new LinkedHashMap<>();
    for (Cell cell : found.plan().cells()) {
      loads.computeIfAbsent(cell.title(), any -> new ArrayList<>()).add(cell);
    }
    return loads;
  }

  private void charts(String title, List<Cell> cells) {
    page.add("<h2>%s</h2>\n<div class=\"grid\">\n", Page.escaped(upper(title)));
    List<String> paces = cells.stream().map(cell -> cell.pace().label()).toList();
    card(
        "Operations per second",
        Plot.bars(
            title + ": operations per second",
            paces,
            series(cells, samples -> point(samples, Sample::perSecond))));
    card(
        "Milliseconds: the middle, and up to the slowest of 100",
        Plot.ranges(
            title + ": milliseconds",
            paces,
            series(
                cells,
                samples ->
                    Optional.of(
                        new Plot.Point(
                            samples.millis(50), samples.millis(50), samples.millis(99), 0)))));
    card(
        "Microseconds of processor: all servers, and the client above",
        Plot.bars(title + ": processor time", paces, series(cells, ComparisonPage::processor)));
    if (cells.get(0).valueBytes() > 0 && !cells.get(0).work().readsKeys()) {
      double bytes = cells.get(0).valueBytes();
      card(
          "Bytes to the device for a byte of payload, all servers",
          Plot.bars(
              title + ": bytes to the device",
              paces,
              series(cells, samples -> point(samples, each -> each.writtenBytes() / bytes))));
    }
    page.add("</div>\n");
  }

  private void card(String title, String svg) {
    page.add("<div class=\"card\"><h3>%s</h3>\n%s</div>\n", title, svg);
  }

  private List<Plot.Series> series(
      List<Cell> cells, Function<Samples, Optional<Plot.Point>> point) {
    List<Plot.Series> series = new ArrayList<>();
    for (Comparison.Store store : found.stores()) {
      List<Optional<Plot.Point>> points =
          cells.stream().map(cell -> found.samples(cell, store.kind()).flatMap(point)).toList();
      series.add(new Plot.Series(store.kind().label(), points));
    }
    return series;
  }

  private static Optional<Plot.Point> point(Samples samples, ToDoubleFunction<Sample> figure) {
    return samples
        .spread(figure)
        .map(spread -> new Plot.Point(spread.median(), spread.min(), spread.max(), 0));
  }

  private static Optional<Plot.Point> processor(Samples samples) {
    return samples
        .spread(Sample::serverMicros)
        .map(
            servers ->
                new Plot.Point(
                    servers.median(),
                    0,
                    0,
                    samples.spread(Sample::clientMicros).map(Spread::median).orElse(0.0)));
  }

  private void table() {
    page.add("<h2>All figures</h2>\n<div class=\"wide\"><table>\n<tr>");
    for (String name :
        List.of(
            "load",
            "store",
            "ops/s",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "p99.9 ms",
            "max ms",
            "server µs",
            "client µs",
            "device B/B",
            "server MiB",
            "failed")) {
      page.add("<th>%s</th>", name);
    }
    page.add("</tr>\n");
    for (Cell cell : found.plan().cells()) {
      String title = cell.title() + ", " + cell.pace().label();
      for (StoreKind kind : found.plan().stores()) {
        page.add("<tr><td>%s</td><td>%s</td>", Page.escaped(title), kind.label());
        Optional<Samples> samples = found.samples(cell, kind);
        if (samples.isPresent()) {
          row(cell, samples.get());
        } else {
          page.add(
              "<td class=\"skip\" colspan=\"11\">skipped: %s</td>",
              Page.escaped(
                  found
                      .leftOut(cell, kind)
                      .or(() -> Optional.ofNullable(found.missing().get(kind)))
                      .orElse("no turn")));
        }
        page.add("</tr>\n");
        title = "";
      }
    }
    page.add("</table></div>\n");
  }

  private void row(Cell cell, Samples samples) {
    figure(samples, "%,.0f", Sample::perSecond);
    for (double percentile : new double[] {50, 95, 99, 99.9, 100}) {
      page.add("<td>%.2f</td>", samples.millis(percentile));
    }
    figure(samples, "%,.0f", Sample::serverMicros);
    figure(samples, "%,.0f", Sample::clientMicros);
    if (cell.valueBytes() == 0 || cell.work().readsKeys()) {
      page.add("<td></td>");
    } else {
      figure(samples, "%.1f", sample -> sample.writtenBytes() / cell.valueBytes());
    }
    figure(samples, "%,.0f", sample -> sample.residentBytes() / (double) (1 << 20));
    page.add("<td>%d</td>", samples.failed());
  }

  private void figure(Samples samples, String form, ToDoubleFunction<Sample> figure) {
    page.add(
        "<td>%s</td>",
        samples
            .spread(figure)
            .map(spread -> String.format(Locale.ROOT, form, spread.median()))
            .orElse(""));
  }

  private void facts(Map<String, String> machine) {
    page.add("<h2>The machine</h2>\n<dl>\n");
    machine.forEach(
        (name, value) ->
            page.add("<dt>%s</dt><dd>%s</dd>\n", Page.escaped(name), Page.escaped(value)));
    page.add(
        "</dl>\n<p class=\"soft\">Servers and client share the processors and the disk, over"
            + " loopback. On a machine that does other work besides, read the ratios and the"
            + " processor time, not the rates. Processor time is as Linux counts it for the servers'"
            + " processes, bytes are those of the whole device.</p>\n");
  }

  private static String upper(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
