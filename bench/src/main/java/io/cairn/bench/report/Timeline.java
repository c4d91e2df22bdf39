package io.cairn.bench.report;

import java.util.List;
import java.util.Locale;

/** Counts over time as a row of thin bars, with a mark where something happened, as SVG. */
public final class Timeline {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 96;
  private static final int PLOT = 70;

  private Timeline() {}

  /**
   * A row.
   *
   * @param series a class that gives the colour
   * @param bucketMillis how long a bucket is
   * @param markBucket the bucket at whose begin something happened, second 0
   */
  public static String of(
      String series, List<Integer> counts, long bucketMillis, int markBucket, String mark) {
    StringBuilder svg = new StringBuilder();
    double width = WIDTH / (double) Math.max(1, counts.size());
    int most = Math.max(1, counts.stream().mapToInt(Integer::intValue).max().orElse(1));
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" class=\"%s\">\n",
            WIDTH,
            HEIGHT,
            Page.escaped(mark),
            series));
    for (int i = 0; i < counts.size(); i++) {
      double height = PLOT * counts.get(i) / (double) most;
      if (height > 0) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                i * width,
                PLOT - height,
                Math.max(1, width - 0.6),
                height));
      }
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "\n<line class=\"rule\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
                + "<line class=\"whisker\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>\n",
            WIDTH,
            PLOT,
            PLOT,
            markBucket * width,
            markBucket * width,
            PLOT + 6));
    int perSecond = (int) (1_000 / bucketMillis);
    for (int i = markBucket; i < counts.size(); i += perSecond) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
              i * width,
              HEIGHT - 8,
              i == markBucket ? Page.escaped(mark) : (i - markBucket) / perSecond + " s"));
    }
    return svg.append("\n</svg>\n").toString();
  }
}
