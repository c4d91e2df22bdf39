package io.cairn.chaos.report;

import io.cairn.chaos.history.OpType;
import io.cairn.chaos.run.ChaosRun;
import io.cairn.chaos.run.RunOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The pictures of a run, and the page that ties them together. */
public final class RunPages {
  private final RunOptions options;
  private final ChaosRun.Result result;
  private final Map<String, String> colours;
  private final Map<String, Path> logs;
  private final Spans spans;

  /**
   * Pages of a run.
   *
   * @param colours of faults, by their names
   * @param logs of nodes, as the page links to them
   */
  public RunPages(
      RunOptions options,
      ChaosRun.Result result,
      Map<String, String> colours,
      Map<String, Path> logs) {
    this.options = options;
    this.result = result;
    this.colours = Map.copyOf(colours);
    this.logs = logs;
    this.spans = Spans.of(result.history());
  }

  /** Writes them all. */
  public void write(Path folder) {
    Charts charts = new Charts(spans, colours);
    String raw = charts.raw();
    String quantiles = charts.quantiles();
    String rate = charts.rate();
    try {
      Files.writeString(folder.resolve("latency-raw.svg"), raw);
      Files.writeString(folder.resolve("latency-quantiles.svg"), quantiles);
      Files.writeString(folder.resolve("rate.svg"), rate);
      Files.writeString(
          folder.resolve("timeline.html"), new Timeline(options, spans, colours).page());
      Files.writeString(folder.resolve("index.html"), index(List.of(rate, raw, quantiles)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the pages of the run", e);
    }
  }

  private String title() {
    return options.workload()
        + (options.faults().isEmpty()
            ? " without faults"
            : " under " + String.join(" and ", options.faults()));
  }

  private String index(List<String> pictures) {
    Page page = new Page("Cairn chaos: " + title());
    page.add("<p class=\"eyebrow\">Cairn chaos</p><h1>%s</h1>\n", Markup.escaped(title()));
    VerdictTable verdicts = new VerdictTable(result.verdict());
    page.add("%s", verdicts.headline());
    facts(page);
    page.add("<h2>What was judged</h2>\n%s", verdicts.table());
    if (!options.faults().isEmpty()) {
      page.add("<h2>Faults</h2>\n%s", verdicts.faults(colours));
    }
    page.add("<h2>Over time</h2>\n");
    pictures.forEach(picture -> page.add("<figure>%s</figure>\n", picture));
    page.add(
        "<p><a href=\"timeline.html\">Timeline</a> of every operation, by client and in time.</p>");
    page.add("<h2>Operations</h2>\n%s", operations());
    page.add(
        "<h2>Again</h2>\n<p>The same seed and options give the same schedule.</p><pre>%s</pre>\n",
        Markup.escaped(options.command()));
    files(page);
    return page.text();
  }

  private void facts(Page page) {
    long ok = spans.ops().stream().filter(op -> op.type() == OpType.OK).count();
    page.add("<dl class=\"facts\">");
    fact(page, "operations", String.format(Locale.ROOT, "%,d", spans.ops().size()));
    fact(
        page,
        "ok",
        String.format(Locale.ROOT, "%.1f %%", 100.0 * ok / Math.max(1, spans.ops().size())));
    fact(page, "time", Markup.number(Math.rint(spans.endSeconds())) + " s");
    fact(page, "nodes", Integer.toString(options.nodes()));
    fact(page, "clients", Integer.toString(options.concurrency()));
    fact(page, "seed", Long.toString(options.seed()));
    page.add("</dl>\n");
  }

  private static void fact(Page page, String name, String value) {
    page.add("<div><dt>%s</dt><dd>%s</dd></div>", name, Markup.escaped(value));
  }

  private String operations() {
    Map<String, List<Spans.Done>> byKind = new TreeMap<>();
    for (Spans.Done op : spans.ops()) {
      byKind.computeIfAbsent(op.begun().f(), fresh -> new ArrayList<>()).add(op);
    }
    StringBuilder table =
        new StringBuilder(
            "<table><tr><th>operation</th><th class=\"n\">begun</th><th class=\"n\">ok</th>"
                + "<th class=\"n\">fail</th><th class=\"n\">info</th><th class=\"n\">median</th>"
                + "<th class=\"n\">99 %</th><th class=\"n\">longest</th></tr>\n");
    byKind.forEach((kind, ops) -> table.append(row(kind, ops)));
    return table.append("</table>\n").toString();
  }

  private static String row(String kind, List<Spans.Done> ops) {
    double[] ok =
        ops.stream()
            .filter(op -> op.type() == OpType.OK)
            .mapToDouble(Spans.Done::millis)
            .sorted()
            .toArray();
    StringBuilder row = new StringBuilder("<tr><td>" + Markup.escaped(kind) + "</td>");
    cell(row, Integer.toString(ops.size()));
    for (OpType type : List.of(OpType.OK, OpType.FAIL, OpType.INFO)) {
      cell(row, Long.toString(ops.stream().filter(op -> op.type() == type).count()));
    }
    for (double part : new double[] {0.5, 0.99, 1}) {
      cell(
          row,
          ok.length == 0 ? "" : String.format(Locale.ROOT, "%.1f ms", Charts.quantile(ok, part)));
    }
    return row.append("</tr>\n").toString();
  }

  private static void cell(StringBuilder row, String text) {
    row.append("<td class=\"n\">").append(text).append("</td>");
  }

  private void files(Page page) {
    page.add("<h2>Files</h2>\n<ul class=\"files\">");
    for (String name :
        List.of(
            "history.edn",
            "history.txt",
            "results.edn",
            "test.edn",
            "timeline.html",
            "rate.svg",
            "latency-raw.svg",
            "latency-quantiles.svg")) {
      page.add("<li><a href=\"%s\">%s</a></li>", name, name);
    }
    logs.forEach(
        (node, log) ->
            page.add(
                "<li><a href=\"%s\">log of %s</a></li>",
                Markup.escaped(log.toString()), Markup.escaped(node)));
    page.add("</ul>\n");
  }
}
