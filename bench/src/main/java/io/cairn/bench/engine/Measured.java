package io.cairn.bench.engine;

import org.HdrHistogram.Histogram;

/**
 * What a run has seen.
 *
 * @param acknowledged operations that ended well within the window
 * @param failed operations that failed at any time
 * @param firstError the first failure; empty if there was none
 * @param seconds length of the window
 * @param nanos times of operations in nanoseconds
 */
public record Measured(
    long acknowledged, long failed, String firstError, double seconds, Histogram nanos) {
  /** Operations per second. */
  public double perSecond() {
    return acknowledged / seconds;
  }
}
