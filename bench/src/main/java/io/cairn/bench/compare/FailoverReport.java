package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreKind;
import io.cairn.bench.report.Figures;
import io.cairn.bench.report.Page;
import io.cairn.bench.report.Timeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What faults of leaders have shown, for each store that ran. For one thread. */
public final class FailoverReport {
  private final Fault fault;
  private final Map<Comparison.Store, List<Failovers.Gap>> gaps = new LinkedHashMap<>();
  private final Map<StoreKind, String> skipped = new LinkedHashMap<>();

  /** A report of one fault. */
  public FailoverReport(Fault fault) {
    this.fault = fault;
  }

  /** What a store has shown. */
  public void add(Comparison.Store store, List<Failovers.Gap> found) {
    gaps.put(store, List.copyOf(found));
  }

  /** A store that was asked for and not measured. */
  public void skip(StoreKind kind, String why) {
    skipped.put(kind, why);
  }

  /** All figures; those of another store than Cairn begin with its name. */
  public Figures figures() {
    Figures figures = new Figures().put("fault", fault.name().toLowerCase(Locale.ROOT));
    gaps.forEach(
        (store, found) -> {
          String prefix = store.kind() == StoreKind.CAIRN ? "" : store.kind().label() + "_";
          List<Long> sorted = sorted(found);
          figures
              .put(prefix + "repeats", found.size())
              .put(prefix + "gap_ms", found.stream().map(Failovers.Gap::gapMillis).toList())
              .put(prefix + "gap_p50_ms", sorted.get((sorted.size() - 1) / 2))
              .put(prefix + "gap_max_ms", sorted.get(sorted.size() - 1))
              .put(prefix + "puts_failed", found.stream().mapToLong(Failovers.Gap::failed).sum());
        });
    skipped.forEach((kind, why) -> figures.put(kind.label() + "_skipped", why));
    return figures;
  }

  /** A page with what a client got around the fault in the middle of those seen. */
  public String page(Map<String, String> machine) {
    Page page = new Page("Failover");
    page.add(
        "<h1>The leader's end, as a client sees it</h1>\n<p class=\"soft\">%s of the leader, again"
            + " and again. One client puts one key after the other; the gap is the longest time"
            + " between two puts that were acknowledged. Each row is the fault whose gap is the"
            + " median: puts acknowledged in each %d ms.</p>\n",
        Page.escaped(signal()), Failovers.BUCKET_MILLIS);
    skipped.forEach(
        (kind, why) ->
            page.add(
                "<div class=\"skipped\"><p><strong>%s was skipped:</strong> %s</p></div>\n",
                kind.label(), Page.escaped(why)));
    gaps.forEach((store, found) -> section(page, store, found));
    page.add("<h2>The machine</h2>\n<dl>\n");
    machine.forEach(
        (name, value) ->
            page.add("<dt>%s</dt><dd>%s</dd>\n", Page.escaped(name), Page.escaped(value)));
    page.add("</dl>\n");
    return page.text();
  }

  private void section(Page page, Comparison.Store store, List<Failovers.Gap> found) {
    List<Long> sorted = sorted(found);
    List<Failovers.Gap> byLength = new ArrayList<>(found);
    byLength.sort(Comparator.comparingLong(Failovers.Gap::gapMillis));
    Failovers.Gap middle = byLength.get((byLength.size() - 1) / 2);
    page.add(
        "<h2>%s %s</h2>\n<p class=\"soft\">%d times: median %,d ms, from %,d to %,d ms; %d puts"
            + " failed. %s</p>\n<div class=\"card wide\">%s</div>\n",
        store.kind().label(),
        Page.escaped(store.version()),
        found.size(),
        middle.gapMillis(),
        sorted.get(0),
        sorted.get(sorted.size() - 1),
        found.stream().mapToLong(Failovers.Gap::failed).sum(),
        Page.escaped(store.setup()),
        Timeline.of(
            store.kind().label(),
            middle.acknowledged(),
            Failovers.BUCKET_MILLIS,
            Failovers.BUCKETS_BEFORE,
            fault.name().toLowerCase(Locale.ROOT)));
  }

  private String signal() {
    return switch (fault) {
      case KILL -> "SIGKILL";
      case FREEZE -> "SIGSTOP";
      case STOP -> "SIGTERM";
    };
  }

  private static List<Long> sorted(List<Failovers.Gap> found) {
    List<Long> gaps = new ArrayList<>();
    found.forEach(gap -> gaps.add(gap.gapMillis()));
    Collections.sort(gaps);
    return gaps;
  }
}
