package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreKind;
import io.cairn.bench.report.Page;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Cairn's figures divided by those of others, a row for each load and store. */
final class RatioRows {
  private static final double LOG_SPAN = Math.log(16); // a sixteenth on the left, 16 on the right

  private RatioRows() {}

  /** Adds a section: of rates, where more than 1 is better, or of processor time, where less is. */
  static void add(Page page, Comparison found, String title, boolean isRate) {
    ToDoubleFunction<Sample> figure = isRate ? Sample::perSecond : Sample::serverMicros;
    page.add(
        """
        <h2>%s</h2>
        <p class="soft">The dashed line is 1. %s</p>
        <div class="card"><div class="ratios">
        """,
        title,
        isRate ? "To the right of it Cairn does more." : "To the left of it Cairn needs less.");
    page.add(
        "<span class=\"head\">load</span><span class=\"head\">against</span>"
            + "<span class=\"head\">a sixteenth to sixteen times</span>"
            + "<span class=\"head figure\">median (min to max)</span>\n");
    String before = "";
    for (Cell cell : found.plan().cells()) {
      Optional<Samples> ours = found.samples(cell, StoreKind.CAIRN);
      List<StoreKind> peers =
          found.measured(cell).stream().filter(kind -> kind != StoreKind.CAIRN).toList();
      if (ours.isEmpty() || peers.isEmpty()) {
        continue;
      }
      if (!before.isEmpty() && !before.equals(cell.title())) {
        page.add("<div class=\"break\"></div>\n");
      }
      before = cell.title();
      String label = cell.title() + ", " + cell.pace().label();
      for (StoreKind peer : peers) {
        Optional<Spread> ratio =
            found.samples(cell, peer).flatMap(theirs -> ours.get().ratio(theirs, figure));
        if (ratio.isPresent()) {
          row(page, label, peer, ratio.get());
          label = "";
        }
      }
    }
    page.add("</div></div>\n");
  }

  private static void row(Page page, String label, StoreKind peer, Spread ratio) {
    page.add(
        "<span class=\"load\">%s</span><span>%s</span>"
            + "<span class=\"track %s\"><i style=\"left:50%%\"></i>"
            + "<b style=\"left:%.1f%%;width:%.1f%%\"></b><u style=\"left:%.1f%%\"></u></span>"
            + "<span class=\"figure\">%s</span>\n",
        Page.escaped(label),
        peer.label(),
        peer.label(),
        percent(ratio.min()),
        percent(ratio.max()) - percent(ratio.min()),
        percent(ratio.median()),
        String.format(
            Locale.ROOT, "%.2f (%.2f to %.2f)", ratio.median(), ratio.min(), ratio.max()));
  }

  private static double percent(double ratio) {
    double log = ratio <= 0 ? -LOG_SPAN : Math.log(ratio);
    return 50 + 50 * Math.min(1, Math.max(-1, log / LOG_SPAN));
  }
}
