package io.cairn.bench.compare;

import io.cairn.bench.engine.Measured;
import io.cairn.bench.nodes.ProcessUse;
import org.HdrHistogram.Histogram;

/**
 * What one turn of one store has shown of one load.
 *
 * @param perSecond operations that ended well, per second
 * @param nanos their times
 * @param failed operations that failed
 * @param serverMicros processor time of all servers together for an operation
 * @param clientMicros processor time of the bench itself for an operation
 * @param writtenBytes what was written to the device for an operation; 0 if that cannot be told
 * @param residentBytes memory of all servers together at the end
 */
public record Sample(
    double perSecond,
    Histogram nanos,
    long failed,
    String firstError,
    double serverMicros,
    double clientMicros,
    double writtenBytes,
    long residentBytes) {
  private static final double MICROS_PER_MILLI = 1e3;

  /** From what was measured, and what was used before and after. */
  static Sample of(Measured measured, Use before, Use after) {
    double done = Math.max(1, measured.acknowledged());
    return new Sample(
        measured.perSecond(),
        measured.nanos(),
        measured.failed(),
        measured.firstError(),
        (after.servers().cpuMillis() - before.servers().cpuMillis()) * MICROS_PER_MILLI / done,
        (after.bench().cpuMillis() - before.bench().cpuMillis()) * MICROS_PER_MILLI / done,
        (after.deviceBytes() - before.deviceBytes()) / done,
        after.servers().residentBytes());
  }

  /** What servers and bench have used, and the device of the servers been given, at a moment. */
  record Use(ProcessUse servers, ProcessUse bench, long deviceBytes) {}

  /** A percentile of the times, in milliseconds. */
  public double millis(double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }
}
