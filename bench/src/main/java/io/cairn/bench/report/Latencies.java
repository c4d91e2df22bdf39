package io.cairn.bench.report;

import org.HdrHistogram.Histogram;

/** The names under which a distribution of times is reported. */
public final class Latencies {
  private static final double NANOS_PER_MILLI = 1e6;

  private Latencies() {}

  /** Percentiles in milliseconds of a histogram of nanoseconds. */
  public static Figures of(Histogram nanos) {
    return new Figures()
        .put("p50_ms", at(nanos, 50))
        .put("p95_ms", at(nanos, 95))
        .put("p99_ms", at(nanos, 99))
        .put("p99.9_ms", at(nanos, 99.9))
        .put("max_ms", nanos.getMaxValue() / NANOS_PER_MILLI);
  }

  private static double at(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
  }
}
