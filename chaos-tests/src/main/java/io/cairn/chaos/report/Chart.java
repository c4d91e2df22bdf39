package io.cairn.chaos.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A picture with time to the right, as SVG: a frame, axes, and the faults behind everything. */
final class Chart {
  private static final int WIDTH = 960;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int LANE = 18;
  private static final int PLOT = 260;
  private static final int BOTTOM = 56;
  private static final String OTHER = "#7a7a72";

  private final StringBuilder svg = new StringBuilder();
  private final double endSeconds;
  private final int top;

  /** A chart up to {@code endSeconds}, with a lane above it for each fault. */
  Chart(String title, double endSeconds, Spans spans, Map<String, String> colours) {
    this.endSeconds = endSeconds;
    this.top = 44 + LANE * spans.faults().size();
    int height = top + PLOT + BOTTOM;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
            + " font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\""
            + " font-size=\"12\" fill=\"#3b3b36\">\n<title>%s</title>\n",
        WIDTH, height, Markup.escaped(title));
    add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", WIDTH, height);
    add(
        "<text x=\"%d\" y=\"24\" font-size=\"15\" font-weight=\"600\">%s</text>\n",
        LEFT, Markup.escaped(title));
    int lane = 0;
    for (Map.Entry<String, List<Spans.Stretch>> fault : spans.faults().entrySet()) {
      fault(lane++, fault.getKey(), fault.getValue(), colours.getOrDefault(fault.getKey(), OTHER));
    }
    timeAxis();
  }

  private void fault(int lane, String name, List<Spans.Stretch> stretches, String colour) {
    double y = 38 + LANE * lane;
    add(
        "<text x=\"%d\" y=\"%.1f\" font-size=\"10\" text-anchor=\"end\" fill=\"%s\">%s</text>\n",
        LEFT - 6, y + 9.5, colour, Markup.escaped(shortened(name)));
    for (Spans.Stretch stretch : stretches) {
      double from = x(stretch.fromSeconds());
      double width = Math.max(1.5, x(stretch.toSeconds()) - from);
      add(
          "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"10\" rx=\"2\" fill=\"%s\">"
              + "<title>%s, %.1f s to %.1f s</title></rect>\n",
          from,
          y + 1,
          width,
          colour,
          Markup.escaped(name),
          stretch.fromSeconds(),
          stretch.toSeconds());
      add(
          "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\""
              + " fill-opacity=\"0.10\"/>\n",
          from, top, width, PLOT, colour);
    }
  }

  private static String shortened(String name) {
    return name.length() <= 11 ? name : name.substring(0, 10) + "\u2026";
  }

  private void timeAxis() {
    double step = step(endSeconds / 8);
    for (double at = 0; at <= endSeconds; at += step) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#6b6b64\">%s s</text>\n",
          x(at), top + PLOT + 18, Markup.number(at));
    }
    add(
        "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#b9b9b0\"/>\n",
        LEFT, top + PLOT, WIDTH - RIGHT, top + PLOT);
  }

  /** A round step of at least {@code least}. */
  static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
    for (double factor : new double[] {1, 2, 5, 10}) {
      if (power * factor >= least) {
        return power * factor;
      }
    }
    return power * 10;
  }

  /** Where a time stands. */
  double x(double seconds) {
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(1, Math.max(0, seconds / endSeconds));
  }

  /** Where a part of the height stands, 0 below, 1 above. */
  double y(double part) {
    return top + PLOT * (1 - Math.min(1, Math.max(0, part)));
  }

  /** A line across, and what it stands for. */
  void mark(double part, String text) {
    add(
        "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e4e4dc\"/>\n",
        LEFT, y(part), WIDTH - RIGHT, y(part));
    add(
        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#6b6b64\">%s</text>\n",
        LEFT - 6, y(part) + 4, Markup.escaped(text));
  }

  /** A dot. */
  void dot(double x, double y, String colour) {
    add(
        "<circle cx=\"%.0f\" cy=\"%.0f\" r=\"1.6\" fill=\"%s\" fill-opacity=\"0.7\"/>\n",
        x, y, colour);
  }

  /** A line through points. */
  void line(List<double[]> points, String colour) {
    StringBuilder path = new StringBuilder();
    for (double[] point : points) {
      path.append(path.length() == 0 ? 'M' : 'L')
          .append(String.format(Locale.ROOT, "%.1f %.1f", point[0], point[1]));
    }
    if (points.size() == 1) {
      dot(points.get(0)[0], points.get(0)[1], colour);
    } else if (!points.isEmpty()) {
      add(
          "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\""
              + " stroke-linejoin=\"round\"/>\n",
          path, colour);
    }
  }

  /** What the colours mean, below. */
  void legend(Map<String, String> colourByName) {
    double x = LEFT;
    int y = top + PLOT + 42;
    for (Map.Entry<String, String> entry : colourByName.entrySet()) {
      add(
          "<rect x=\"%.1f\" y=\"%d\" width=\"10\" height=\"10\" rx=\"2\" fill=\"%s\"/>"
              + "<text x=\"%.1f\" y=\"%d\">%s</text>\n",
          x, y - 9, entry.getValue(), x + 15, y, Markup.escaped(entry.getKey()));
      x += 34 + 7.0 * entry.getKey().length();
    }
  }

  /** The whole picture. */
  String text() {
    return svg + "</svg>\n";
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
