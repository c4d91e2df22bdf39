package io.cairn.chaos.report;

import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The pictures of a run. */
final class Charts {
  private static final int WINDOWS = 120;
  private static final double MILLIS_MIN = 0.1;
  private static final List<OpType> DRAWN = List.of(OpType.FAIL, OpType.INFO, OpType.OK);
  private static final String OK = "#2f8f6b";
  private static final String INFO = "#d9920f";
  private static final String FAIL = "#c8463d";

  private final Spans spans;
  private final Map<String, String> colours;

  /** Where a dot stands. */
  private record Place(long x, long y, OpType type) {}

  Charts(Spans spans, Map<String, String> colours) {
    this.spans = spans;
    this.colours = colours;
  }

  private static String colour(OpType type) {
    return switch (type) {
      case OK -> OK;
      case FAIL -> FAIL;
      case INFO, INVOKE -> INFO;
    };
  }

  /** How long each operation took. */
  String raw() {
    Chart chart = new Chart("Time of each operation", spans.endSeconds(), spans, colours);
    double decades = decades(chart);
    Set<Place> drawn = new HashSet<>();
    for (Spans.Done op : spans.ops()) {
      double x = chart.x(op.fromSeconds());
      double y = chart.y(height(op.millis(), decades));
      // Dots on one another are drawn once.
      if (drawn.add(new Place(Math.round(x), Math.round(y), op.type()))) {
        chart.dot(x, y, colour(op.type()));
      }
    }
    chart.legend(types());
    return chart.text();
  }

  private static Map<String, String> types() {
    Map<String, String> types = new LinkedHashMap<>();
    types.put("ok", OK);
    types.put("info", INFO);
    types.put("fail", FAIL);
    return types;
  }

  /** Marks powers of ten of milliseconds; returns how many there are. */
  private double decades(Chart chart) {
    double most = spans.ops().stream().mapToDouble(Spans.Done::millis).max().orElse(1);
    int decades = Math.max(2, (int) Math.ceil(Math.log10(Math.max(most, 1) / MILLIS_MIN)));
    for (int i = 0; i <= decades; i++) {
      double millis = MILLIS_MIN * Math.pow(10, i);
      String text =
          millis >= 1_000 ? Markup.number(millis / 1_000) + " s" : Markup.number(millis) + " ms";
      chart.mark((double) i / decades, text);
    }
    return decades;
  }

  private static double height(double millis, double decades) {
    return Math.log10(Math.max(millis, MILLIS_MIN) / MILLIS_MIN) / decades;
  }

  /** How long operations that were ok took, in windows of time. */
  String quantiles() {
    Chart chart = new Chart("Time of operations that were ok", spans.endSeconds(), spans, colours);
    double decades = decades(chart);
    double[][] windows = new double[WINDOWS][];
    for (int i = 0; i < WINDOWS; i++) {
      double from = spans.endSeconds() * i / WINDOWS;
      double to = spans.endSeconds() * (i + 1) / WINDOWS;
      windows[i] =
          spans.ops().stream()
              .filter(op -> op.type() == OpType.OK)
              .filter(op -> op.fromSeconds() >= from && op.fromSeconds() < to)
              .mapToDouble(Spans.Done::millis)
              .sorted()
              .toArray();
    }
    Map<String, Double> quantiles = new LinkedHashMap<>();
    quantiles.put("median", 0.5);
    quantiles.put("95 %", 0.95);
    quantiles.put("99 %", 0.99);
    quantiles.put("longest", 1.0);
    List<String> tones = List.of("#2f8f6b", "#3b7bbf", "#8a5fb5", "#c8463d");
    Map<String, String> legend = new LinkedHashMap<>();
    int tone = 0;
    for (Map.Entry<String, Double> quantile : quantiles.entrySet()) {
      List<double[]> points = new ArrayList<>();
      for (int i = 0; i < WINDOWS; i++) {
        if (windows[i].length == 0) {
          chart.line(points, tones.get(tone)); // nothing was ok: the line has a gap
          points.clear();
        } else {
          points.add(
              new double[] {
                chart.x(spans.endSeconds() * (i + 0.5) / WINDOWS),
                chart.y(height(quantile(windows[i], quantile.getValue()), decades))
              });
        }
      }
      legend.put(quantile.getKey(), tones.get(tone));
      chart.line(points, tones.get(tone++));
    }
    chart.legend(legend);
    return chart.text();
  }

  /** The value that this part of sorted values does not exceed. */
  static double quantile(double[] sorted, double part) {
    int place = (int) Math.ceil(part * sorted.length) - 1;
    return sorted[Math.max(0, Math.min(sorted.length - 1, place))];
  }

  /** How many operations ended in a second. */
  String rate() {
    Chart chart = new Chart("Operations per second", spans.endSeconds(), spans, colours);
    double seconds = spans.endSeconds() / WINDOWS;
    Map<OpType, double[]> counts = new EnumMap<>(OpType.class);
    for (OpType type : DRAWN) {
      counts.put(type, new double[WINDOWS]);
    }
    for (Spans.Done op : spans.ops()) {
      int window = (int) Math.min(WINDOWS - 1, op.toSeconds() / seconds);
      Objects.requireNonNull(counts.get(op.type()))[window] += 1 / seconds;
    }
    double most =
        Math.max(1, counts.values().stream().flatMapToDouble(Arrays::stream).max().orElse(1));
    double step = Chart.step(most / 5);
    double top = Math.ceil(most / step) * step;
    for (double at = 0; at <= top; at += step) {
      chart.mark(at / top, Markup.number(at));
    }
    for (OpType type : DRAWN) {
      double[] rates = Objects.requireNonNull(counts.get(type));
      List<double[]> points = new ArrayList<>();
      for (int i = 0; i < WINDOWS; i++) {
        points.add(new double[] {chart.x(seconds * (i + 0.5)), chart.y(rates[i] / top)});
      }
      chart.line(points, colour(type));
    }
    chart.legend(types());
    return chart.text();
  }
}
