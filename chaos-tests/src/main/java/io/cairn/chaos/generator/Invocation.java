package io.cairn.chaos.generator;

import org.jspecify.annotations.Nullable;

/**
 * What is done next.
 *
 * @param timeNanos not before this time
 * @param thread whose it is
 * @param process what the thread is called now
 */
public record Invocation(
    long timeNanos, int thread, long process, String f, @Nullable Object value) {

  /** The same, not before {@code nanos}. */
  public Invocation notBefore(long nanos) {
    return nanos <= timeNanos ? this : new Invocation(nanos, thread, process, f, value);
  }

  /** The same, with another value. */
  public Invocation withValue(@Nullable Object other) {
    return new Invocation(timeNanos, thread, process, f, other);
  }
}
