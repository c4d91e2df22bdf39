package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.mutant.Mutant;
import io.cairn.chaos.mutant.Mutants;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** By what a bug counts as found. */
class MutantsCommandTest {
  private static final Verdict VALID = new Verdict(Validity.VALID, Map.of());
  private static final Verdict INVALID = new Verdict(Validity.INVALID, Map.of());

  private static Verdict wrong(String kind) {
    return new Verdict(Validity.INVALID, Map.of("wrong", Map.of(kind, 3L)));
  }

  private static Verdict run(Map<String, Object> parts) {
    return new Verdict(Validity.INVALID, parts);
  }

  private static List<String> seen(String mutant, Verdict verdict) {
    Mutant planted = Mutants.find(mutant).orElseThrow();
    return planted.proof().seen(verdict);
  }

  @Test
  void aBugIsFoundByWhatItBreaks() {
    assertThat(seen("answer-before-fsync", run(Map.of("workload", wrong("lost")))))
        .containsExactly("lost");
    Verdict task = new Verdict(Validity.INVALID, Map.of("epochs", wrong("stale-epoch")));
    assertThat(seen("epoch-at-propose-only", run(Map.of("workload", task))))
        .containsExactly("stale-epoch");
    Verdict register = new Verdict(Validity.INVALID, Map.of("linearizable", INVALID));
    assertThat(seen("local-read", run(Map.of("workload", register))))
        .containsExactly("linearizable");
    assertThat(seen("nondeterministic-apply", run(Map.of("digests", INVALID))))
        .containsExactly("digests");
  }

  @Test
  void aBugIsNotFoundBySomethingElse() {
    Verdict never = new Verdict(Validity.INVALID, Map.of("error", "n1 ended with 70"));
    Verdict broken =
        run(
            Map.of(
                "workload",
                VALID,
                "heal",
                never,
                "restart",
                never,
                "final",
                INVALID,
                "digests",
                VALID));
    for (Mutant mutant : Mutants.ALL) {
      assertThat(seen(mutant.name(), broken)).as(mutant.name()).isEmpty();
    }
    assertThat(seen("answer-before-fsync", run(Map.of("workload", wrong("duplicated"))))).isEmpty();
    assertThat(seen("local-read", run(Map.of("digests", INVALID)))).isEmpty();
  }

  @Test
  void twoLeadersAreFoundByWhatServersSaid() {
    Verdict exits = run(Map.of("exits", wrong("two-leaders")));
    assertThat(seen("vote-not-persisted", exits)).containsExactly("two-leaders");
    assertThat(seen("answer-before-fsync", exits)).isEmpty();
    assertThat(seen("vote-not-persisted", run(Map.of("exits", wrong("own-exit"))))).isEmpty();
  }
}
