package io.cairn.chaos.workload;

import io.cairn.chaos.history.OpType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an operation ended.
 *
 * @param value what it gave; of an ok read never null
 * @param extras further fields, such as {@code revision} or {@code error}
 */
public record Completion(OpType type, @Nullable Object value, Map<String, Object> extras) {
  /** An end. */
  public Completion {
    if (type == OpType.INVOKE) {
      throw new IllegalArgumentException("an invocation is no end");
    }
    extras = Map.copyOf(extras);
  }

  /** It took effect. */
  public static Completion ok(@Nullable Object value) {
    return new Completion(OpType.OK, value, Map.of());
  }

  /** It took effect, at a revision of the store. */
  public static Completion ok(@Nullable Object value, long revision) {
    return new Completion(OpType.OK, value, Map.of("revision", revision));
  }

  /** A read that was served at a revision of the store: it saw all up to it, and nothing behind. */
  public static Completion read(Object value, long revision) {
    return new Completion(OpType.OK, value, Map.of("read-revision", revision));
  }

  /** It had no effect, and never will have one. */
  public static Completion fail(@Nullable Object value, String why) {
    return new Completion(OpType.FAIL, value, Map.of("error", why));
  }

  /** Nobody knows. */
  public static Completion unknown(@Nullable Object value, String why) {
    return new Completion(OpType.INFO, value, Map.of("error", why));
  }

  /** The same with another value. */
  public Completion withValue(@Nullable Object other) {
    return new Completion(type, other, extras);
  }
}
