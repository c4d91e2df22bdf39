package io.cairn.chaos.workload;

import io.cairn.chaos.history.OpType;
import io.cairn.client.CairnException;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an error says of an operation.
 *
 * <pre>
 * error                               of a read   of a change
 * CairnException, NOT_APPLIED         fail        fail
 * CairnException, OUTCOME_UNKNOWN     fail        info
 * CairnException, APPLIED             fail        info: it was applied, but what it gave is lost
 * anything else, also an interrupt    info        info
 * </pre>
 *
 * <p>That NOT_APPLIED is true is one of the promises under test: what was applied all the same is
 * found by the checkers as a value from nowhere.
 */
public final class Outcomes {
  /** Error of a watch that does not tell what it must have. */
  static final String EVENT_MISSING = "EVENT_MISSING";

  /** What was acknowledged cannot be had: nothing here is deleted, covered or compacted. */
  private static final Set<String> LOSSES =
      Stream.concat(
              Stream.of(
                      ErrorCode.TASK_NOT_FOUND,
                      ErrorCode.CHECKPOINT_NOT_FOUND,
                      ErrorCode.LSN_CONFLICT,
                      ErrorCode.COMPACTED,
                      ErrorCode.CORRUPT)
                  .map(Enum::name),
              Stream.of(EVENT_MISSING))
          .collect(Collectors.toUnmodifiableSet());

  private static final int MESSAGE_CHARACTERS_MAX = 300;

  private Outcomes() {}

  /** The end of an operation that threw. */
  public static Completion of(boolean changes, @Nullable Object value, Throwable thrown) {
    Throwable cause = unwrapped(thrown);
    Map<String, Object> extras = new LinkedHashMap<>();
    if (!(cause instanceof CairnException failure)) {
      extras.put("error", shortened(cause.toString()));
      return new Completion(OpType.INFO, value, extras);
    }
    boolean certain = failure.certainty() == Certainty.NOT_APPLIED;
    extras.put("error", failure.code().name());
    extras.put("message", shortened(String.valueOf(failure.getMessage())));
    return new Completion(certain || !changes ? OpType.FAIL : OpType.INFO, value, extras);
  }

  /** True if a read that is refused so again and again will never find what was acknowledged. */
  public static boolean isLoss(@Nullable Object error) {
    return error instanceof String name && LOSSES.contains(name);
  }

  private static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException || cause instanceof ExecutionException) {
      Throwable below = cause.getCause();
      if (below == null) {
        return cause;
      }
      cause = below;
    }
    return cause;
  }

  private static String shortened(String text) {
    return text.length() <= MESSAGE_CHARACTERS_MAX
        ? text
        : text.substring(0, MESSAGE_CHARACTERS_MAX) + "...";
  }
}
