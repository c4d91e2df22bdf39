package io.cairn.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A picture of groups of figures as SVG: a group for each category, within it one figure for each
 * series. Colours come from the page, by the series' name as a class.
 */
public final class Plot {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 220;
  private static final int LEFT = 52;
  private static final int RIGHT = 8;
  private static final int TOP = 10;
  private static final int BOTTOM = 26;
  private static final double BAR_WIDTH_MAX = 26;
  private static final int STEPS = 4;

  /** A figure with the ends of what was seen; in a bar, {@code faint} stands on top. */
  public record Point(double value, double low, double high, double faint) {}

  /** A series; what it has not for a category is empty. */
  public record Series(String name, List<Optional<Point>> points) {}

  private final StringBuilder svg = new StringBuilder();
  private final String title;
  private final List<String> categories;
  private final List<Series> series;

  private Plot(String title, List<String> categories, List<Series> series) {
    this.title = title;
    this.categories = categories;
    this.series = series;
  }

  /** Bars from zero, with a whisker from the low to the high end. */
  public static String bars(String title, List<String> categories, List<Series> series) {
    return new Plot(title, categories, series).drawBars();
  }

  /** A line from low to high and a dot at the value, over a logarithmic axis. */
  public static String ranges(String title, List<String> categories, List<Series> series) {
    return new Plot(title, categories, series).drawRanges();
  }

  private String drawBars() {
    double most =
        points().stream()
            .mapToDouble(point -> Math.max(point.value() + point.faint(), point.high()))
            .max()
            .orElse(1);
    double step = step(most / STEPS);
    double top = step * Math.max(1, Math.ceil(most / step - 1e-9));
    begin();
    for (int i = 0; i * step <= top * 1.0001; i++) {
      mark(y(i * step / top), number(i * step));
    }
    for (int category = 0; category < categories.size(); category++) {
      for (int i = 0; i < series.size(); i++) {
        Optional<Point> found = series.get(i).points().get(category);
        if (found.isPresent()) {
          bar(found.get(), top, x(category, i), series.get(i).name());
        }
      }
    }
    return end();
  }

  private void bar(Point point, double top, double middle, String name) {
    double width = barWidth();
    double y = y(point.value() / top);
    add(
        "<g class=\"%s\"><rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\""
            + " rx=\"1.5\"/>",
        name, middle - width / 2, y, width, y(0) - y);
    if (point.faint() > 0) {
      double above = y((point.value() + point.faint()) / top);
      add(
          "<rect class=\"faint\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
          middle - width / 2, above, width, y - above);
    }
    if (point.high() > point.low()) {
      add(
          "<line class=\"whisker\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
          middle, middle, y(point.low() / top), y(point.high() / top));
    }
    add("<title>%s: %s</title></g>\n", name, number(point.value() + point.faint()));
  }

  private String drawRanges() {
    double least = points().stream().mapToDouble(Point::low).filter(low -> low > 0).min().orElse(1);
    double most = points().stream().mapToDouble(Point::high).max().orElse(10);
    int from = (int) Math.floor(Math.log10(least));
    int to = Math.max(from + 1, (int) Math.ceil(Math.log10(Math.max(most, least))));
    begin();
    for (int power = from; power <= to; power++) {
      mark(y((power - from) / (double) (to - from)), number(Math.pow(10, power)));
    }
    for (int category = 0; category < categories.size(); category++) {
      for (int i = 0; i < series.size(); i++) {
        Optional<Point> found = series.get(i).points().get(category);
        if (found.isPresent()) {
          Point point = found.get();
          double x = x(category, i);
          add(
              "<g class=\"%s\"><path class=\"mark\" d=\"M%.1f %.1fV%.1f\"/>"
                  + "<circle class=\"bar\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>"
                  + "<title>%s: %s to %s</title></g>\n",
              series.get(i).name(),
              x,
              y(logPart(point.low(), from, to)),
              y(logPart(point.high(), from, to)),
              x,
              y(logPart(point.value(), from, to)),
              series.get(i).name(),
              number(point.low()),
              number(point.high()));
        }
      }
    }
    return end();
  }

  private static double logPart(double value, int from, int to) {
    return (Math.log10(Math.max(value, Math.pow(10, from))) - from) / (to - from);
  }

  private List<Point> points() {
    List<Point> points = new ArrayList<>();
    series.forEach(each -> each.points().forEach(point -> point.ifPresent(points::add)));
    return points;
  }

  private void begin() {
    add(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
        WIDTH, HEIGHT, Page.escaped(title));
    for (int i = 0; i < categories.size(); i++) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
          LEFT + groupWidth() * (i + 0.5), HEIGHT - 8, Page.escaped(categories.get(i)));
    }
  }

  private void mark(double y, String text) {
    add(
        "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
        LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, text);
  }

  private String end() {
    return svg + "</svg>\n";
  }

  private double groupWidth() {
    return (WIDTH - LEFT - RIGHT) / (double) Math.max(1, categories.size());
  }

  private double slotWidth() {
    return Math.min(BAR_WIDTH_MAX * 1.25, groupWidth() * 0.8 / Math.max(1, series.size()));
  }

  private double barWidth() {
    return slotWidth() * 0.8;
  }

  private double x(int category, int index) {
    double middle = LEFT + groupWidth() * (category + 0.5);
    return middle + slotWidth() * (index - (series.size() - 1) / 2.0);
  }

  private static double y(double part) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(1, Math.max(0, part)));
  }

  /** A round step of at least {@code least}. */
  static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
    for (double factor : new double[] {1, 2, 5}) {
      if (power * factor >= least * 0.9999) {
        return power * factor;
      }
    }
    return power * 10;
  }

  /** A number without digits that say nothing. */
  static String number(double value) {
    if (value >= 10_000) {
      return String.format(Locale.ROOT, "%,.0fk", value / 1_000);
    }
    if (value >= 10 || value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    String text = String.format(Locale.ROOT, value < 0.1 ? "%.3f" : "%.2f", value);
    return text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
