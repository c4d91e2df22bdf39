package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreKind;
import io.cairn.bench.report.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** A comparison as one JSON object; each figure of each round is in it. */
public final class ComparisonJson {
  private ComparisonJson() {}

  /** The object on one line. */
  public static String of(Comparison found, Map<String, String> machine) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", machine);
    Plan plan = found.plan();
    all.put("rounds", plan.rounds());
    all.put("warmup_seconds", plan.warmupSeconds());
    all.put("cell_seconds", plan.cellSeconds());
    List<Object> stores = new ArrayList<>();
    for (Comparison.Store store : found.stores()) {
      stores.add(
          Map.of("name", store.kind().label(), "version", store.version(), "setup", store.setup()));
    }
    all.put("stores", stores);
    Map<String, Object> skipped = new LinkedHashMap<>();
    found.missing().forEach((kind, why) -> skipped.put(kind.label(), why));
    all.put("skipped", skipped);
    List<Object> cells = new ArrayList<>();
    plan.cells().forEach(cell -> cells.add(cell(found, cell)));
    all.put("cells", cells);
    return Json.of(all) + "\n";
  }

  private static Map<String, Object> cell(Comparison found, Cell cell) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("work", cell.work().label());
    object.put("value_bytes", cell.valueBytes());
    object.put("pace", cell.pace().label());
    Map<String, Object> stores = new LinkedHashMap<>();
    Map<String, Object> skipped = new LinkedHashMap<>();
    Optional<Samples> ours = found.samples(cell, StoreKind.CAIRN);
    for (StoreKind kind : StoreKind.values()) {
      found
          .samples(cell, kind)
          .ifPresent(samples -> stores.put(kind.label(), figures(samples, kind, ours)));
      found.leftOut(cell, kind).ifPresent(why -> skipped.put(kind.label(), why));
    }
    object.put("stores", stores);
    object.put("skipped", skipped);
    return object;
  }

  private static Map<String, Object> figures(
      Samples samples, StoreKind kind, Optional<Samples> ours) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("ops_per_second", samples.each(Sample::perSecond));
    for (double percentile : new double[] {50, 95, 99, 99.9, 100}) {
      object.put(
          percentile == 100 ? "max_ms" : "p" + trimmed(percentile) + "_ms",
          samples.each(sample -> sample.millis(percentile)));
    }
    object.put("server_cpu_us_per_op", samples.each(Sample::serverMicros));
    object.put("client_cpu_us_per_op", samples.each(Sample::clientMicros));
    object.put("device_bytes_per_op", samples.each(Sample::writtenBytes));
    object.put("server_rss_bytes", samples.each(Sample::residentBytes));
    object.put("failed", samples.failed());
    if (!samples.firstError().isEmpty()) {
      object.put("first_error", samples.firstError());
    }
    if (kind != StoreKind.CAIRN && ours.isPresent()) {
      Map<String, Object> ratios = new LinkedHashMap<>();
      put(ratios, "ops_per_second", ours.get(), samples, Sample::perSecond);
      put(ratios, "p50_ms", ours.get(), samples, sample -> sample.millis(50));
      put(ratios, "p99_ms", ours.get(), samples, sample -> sample.millis(99));
      put(ratios, "server_cpu_us_per_op", ours.get(), samples, Sample::serverMicros);
      put(ratios, "device_bytes_per_op", ours.get(), samples, Sample::writtenBytes);
      object.put("cairn_divided_by_this", ratios);
    }
    return object;
  }

  private static String trimmed(double percentile) {
    return percentile == Math.rint(percentile)
        ? Long.toString(Math.round(percentile))
        : Double.toString(percentile);
  }

  private static void put(
      Map<String, Object> ratios,
      String name,
      Samples ours,
      Samples theirs,
      ToDoubleFunction<Sample> figure) {
    ours.ratio(theirs, figure)
        .ifPresent(
            spread ->
                ratios.put(
                    name,
                    Map.of("median", spread.median(), "min", spread.min(), "max", spread.max())));
  }
}
