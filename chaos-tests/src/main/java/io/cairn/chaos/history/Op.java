package io.cairn.chaos.history;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of a history: an operation begins, or ends.
 *
 * <p>A value is null, {@code Long}, {@code String}, {@code Boolean}, {@link Keyword}, a list of
 * values, or a map. Keys of maps that were keywords are strings here, and are keywords again when
 * written.
 *
 * @param index its place in the history, from 0, without a gap
 * @param timeNanos nanoseconds since the history began; never less than that of the one before
 * @param process who acts: a client's process from 0, or {@link #NEMESIS}
 * @param f what is done, without the colon: {@code read}
 * @param extras further fields, such as {@code error}; their order is kept
 */
public record Op(
    long index,
    long timeNanos,
    OpType type,
    long process,
    String f,
    @Nullable Object value,
    Map<String, Object> extras) {
  /** The process of faults. */
  public static final long NEMESIS = -1;

  /** A line whose extras nobody changes. */
  public Op {
    extras = extras.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(extras));
  }

  /** True if a client acts. */
  public boolean isClient() {
    return process >= 0;
  }

  /** The same line as one that nobody judges. */
  Op byNemesis() {
    return new Op(index, timeNanos, OpType.INFO, NEMESIS, f, value, extras);
  }

  /** The same line with another value. */
  public Op withValue(@Nullable Object other) {
    return new Op(index, timeNanos, type, process, f, other, extras);
  }
}
