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
 * @param kinds kinds of wrong, as the workload's checker names them
 * @param digests true if states that differ show it
 * @param logged texts in the logs of servers
 */
public record Proof(Set<String> kinds, boolean digests, List<String> logged) {
  /** A proof that nobody changes. */
  public Proof {
    kinds = Set.copyOf(kinds);
    logged = List.copyOf(logged);
  }

  /** The workload's checker says one of these. */
  static Proof of(String... kinds) {
    return new Proof(Set.of(kinds), false, List.of());
  }

  /** The same, or states that differ. */
  Proof orDigests() {
    return new Proof(kinds, true, logged);
  }

  /** The same, or one of these texts in a log. */
  Proof orLogged(String... texts) {
    return new Proof(kinds, digests, List.of(texts));
  }

  /** What of it is there: a verdict, and lines of the servers' logs. Empty: it shows nothing. */
  public List<String> seen(Verdict verdict, Iterable<String> log) {
    Set<String> seen = new TreeSet<>();
    if (verdict.details().get("workload") instanceof Verdict workload) {
      collect(workload, seen);
    }
    seen.retainAll(kinds);
    if (digests
        && verdict.details().get("digests") instanceof Verdict states
        && states.validity() == Validity.INVALID) {
      seen.add("digests");
    }
    for (String line : log) {
      logged.stream().filter(line::contains).forEach(seen::add);
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
