package io.cairn.chaos.check;

import io.cairn.chaos.check.RevisionChecker.Candidate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Revisions that no definite operation has, and which uncertain ones are taken to have made them.
 *
 * <p>Gaps are filled in the order of the last revision they may use, each from the first revision
 * that is free: if each needs but one uncertain operation, and there is no choice which, this finds
 * a way whenever there is one.
 */
final class RevisionGaps {
  /** Uncertain operations that may follow each other to explain one state. */
  static final int CHAIN_MAX = 8;

  private static final int TRIES_MAX = 20_000;

  private final Set<Long> certain;
  private final Set<Long> taken = new HashSet<>();
  private final Set<Candidate> used = new HashSet<>();
  private long filled;

  /** How a gap came out. */
  enum Outcome {
    /** Uncertain operations explain it, and are used for it. */
    FILLED,
    /** Some could, but are used elsewhere, or there are too many ways to try. */
    TAKEN,
    /** None could. */
    NONE
  }

  /** Where something is to be explained: the state before, and the revisions there are for it. */
  record Gap(Object state, Object wanted, long from, long until) {}

  /** A search backwards from the wanted state; the chain is in the order of revisions. */
  private final class Search {
    private final Map<Object, List<Candidate>> byWritten;
    private final Gap gap;
    private final boolean alone;
    private final Deque<Candidate> chain = new ArrayDeque<>();
    private int tries;
    private boolean wasCut;

    Search(Map<Object, List<Candidate>> byWritten, Gap gap, boolean alone) {
      this.byWritten = byWritten;
      this.gap = gap;
      this.alone = alone;
    }

    boolean run() {
      int length = 0;
      boolean found;
      do {
        wasCut = false;
        found = reach(gap.wanted, ++length);
      } while (!found && wasCut && length < CHAIN_MAX && tries <= TRIES_MAX);
      return found;
    }

    private boolean reach(Object wanted, int length) {
      if (length == 0) {
        wasCut = true;
        return false;
      }
      for (Candidate candidate : byWritten.getOrDefault(wanted, List.of())) {
        if (++tries > TRIES_MAX) {
          wasCut = true;
          return false;
        }
        if (candidate.firstRevision() > gap.until
            || chain.contains(candidate)
            || (!alone && used.contains(candidate))) {
          continue;
        }
        chain.addFirst(candidate);
        Object needed = RegisterModel.needed(candidate.operation());
        boolean begins = needed == null || needed.equals(gap.state);
        if ((begins && fits()) || (needed != null && reach(needed, length - 1))) {
          return true;
        }
        chain.removeFirst();
      }
      return false;
    }

    private boolean fits() {
      long next = gap.from;
      for (Candidate candidate : chain) {
        next = firstFree(Math.max(next, candidate.firstRevision())) + 1;
      }
      return next <= gap.until + 1;
    }

    private long firstFree(long from) {
      long revision = from;
      while (revision <= gap.until
          && (certain.contains(revision) || (!alone && taken.contains(revision)))) {
        revision++;
      }
      return revision;
    }

    private void use() {
      long next = gap.from;
      for (Candidate candidate : chain) {
        next = firstFree(Math.max(next, candidate.firstRevision()));
        taken.add(next);
        used.add(candidate);
        next++;
      }
    }
  }

  RevisionGaps(Set<Long> certain) {
    this.certain = certain;
  }

  /** How many gaps were filled. */
  long filled() {
    return filled;
  }

  /** Leads from a state to the wanted one by uncertain operations, given by what they write. */
  Outcome fill(Map<Object, List<Candidate>> byWritten, Gap gap) {
    Search search = new Search(byWritten, gap, false);
    if (search.run()) {
      search.use();
      filled++;
      return Outcome.FILLED;
    }
    if (search.wasCut) {
      return Outcome.TAKEN;
    }
    Search alone = new Search(byWritten, gap, true);
    return alone.run() || alone.wasCut ? Outcome.TAKEN : Outcome.NONE;
  }
}
