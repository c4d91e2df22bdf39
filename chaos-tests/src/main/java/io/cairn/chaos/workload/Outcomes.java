package io.cairn.chaos.workload;

import io.cairn.chaos.history.OpType;
import io.cairn.client.CairnException;
import io.cairn.protocol.Certainty;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
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
