package io.cairn.core.job.redundancy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * What the results that there are decide. Runs that have failed for good do not vote: they are
 * neither among the results nor among those still to come.
 *
 * @param agreeing places of the results that are accepted; empty unless it is ACCEPTED
 */
public record Vote(Outcome outcome, List<Integer> agreeing) {
  /** What a vote can come to. */
  public enum Outcome {
    /** Enough results agree. */
    ACCEPTED,
    /** Results still to come may decide. */
    OPEN,
    /** Two results stand against each other, and no other is to come. */
    TIE,
    /** Whatever is still to come, not enough results agree. */
    NONE
  }

  /** Keeps its own copy. */
  public Vote {
    agreeing = List.copyOf(agreeing);
  }

  /**
   * More than half of all votes must agree. A result speaks for all that are like it; of those that
   * speak for the most, the first one counts, as tolerance is not transitive.
   *
   * @param toCome results that may still come
   */
  public static <T> Vote majority(List<T> results, int toCome, BiPredicate<T, T> alike) {
    List<Integer> best = List.of();
    for (T result : results) {
      List<Integer> with = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        if (alike.test(result, results.get(i))) {
          with.add(i);
        }
      }
      if (with.size() > best.size()) {
        best = with;
      }
    }
    int needed = needed(results.size() + toCome);
    if (best.size() >= needed) {
      return new Vote(Outcome.ACCEPTED, best);
    }
    if (best.size() + toCome >= needed) {
      return new Vote(Outcome.OPEN, List.of());
    }
    return new Vote(results.size() == 2 && toCome == 0 ? Outcome.TIE : Outcome.NONE, List.of());
  }

  /** All must agree, each with each. */
  public static <T> Vote unanimity(List<T> results, int toCome, BiPredicate<T, T> alike) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!alike.test(results.get(j), results.get(i))) {
          return new Vote(Outcome.NONE, List.of());
        }
      }
      all.add(i);
    }
    return toCome > 0 || all.isEmpty()
        ? new Vote(Outcome.OPEN, List.of())
        : new Vote(Outcome.ACCEPTED, all);
  }

  /** More than half of so many. */
  public static int needed(int votes) {
    return votes / 2 + 1;
  }
}
