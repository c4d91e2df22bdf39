package io.cairn.chaos.mutant;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What shows that a run has met a planted bug, and not something else, such as a server that did
 * not start. Any one of these does.
 *
 * @param kinds kinds of wrong, as the workload's checker or that of servers' ends names them
 * @param digests true if states that differ show it
 */
public record Proof(Set<String> kinds, boolean digests) {
  /** A proof that nobody changes. */
  public Proof {
    kinds = Set.copyOf(kinds);
  }

  /** A checker says one of these. */
  static Proof of(String... kinds) {
    return new Proof(Set.of(kinds), false);
  }

  /** The same, or states that differ. */
  Proof orDigests() {
    return new Proof(kinds, true);
  }

  /** The same, or this one. */
  Proof or(String kind) {
    Set<String> more = new TreeSet<>(kinds);
    more.add(kind);
    return new Proof(more, digests);
  }

  /** What of it a verdict has. Empty: it shows nothing. */
  public List<String> seen(Verdict verdict) {
    Set<String> seen = new TreeSet<>();
    for (String part : List.of("workload", "exits")) {
      if (verdict.details().get(part) instanceof Verdict found) {
        collect(found, seen);
      }
    }
    seen.retainAll(kinds);
    if (digests
        && verdict.details().get("digests") instanceof Verdict states
        && states.validity() == Validity.INVALID) {
      seen.add("digests");
    }
    return new ArrayList<>(seen);
  }

  /** Kinds that findings counted, and names of invalid parts such as {@code linearizable}. */
  private static void collect(Verdict verdict, Set<String> kinds) {
    for (Map.Entry<String, Object> detail : verdict.details().entrySet()) {
      if (detail.getKey().equals("wrong") && detail.getValue() instanceof Map<?, ?> wrong) {
        wrong.keySet().forEach(kind -> kinds.add(kind.toString()));
      } else if (detail.getValue() instanceof Verdict part && part.validity() == Validity.INVALID) {
        kinds.add(detail.getKey());
        collect(part, kinds);
      }
    }
  }
}
