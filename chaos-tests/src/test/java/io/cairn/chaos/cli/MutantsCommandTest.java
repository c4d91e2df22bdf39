package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MutantsCommandTest {
  private static final Verdict VALID = new Verdict(Validity.VALID, Map.of());

  private static Verdict run(Verdict workload, Verdict heal) {
    return new Verdict(Validity.INVALID, Map.of("workload", workload, "heal", heal));
  }

  @Test
  void aBugIsFoundByWhatItBreaksAndNotBySlowServers() {
    Verdict wrong = new Verdict(Validity.INVALID, Map.of());
    Verdict slow = new Verdict(Validity.INVALID, Map.of("serving-ms", 10_001L));
    Verdict never = new Verdict(Validity.INVALID, Map.of("error", "n1 ended with 70"));
    assertThat(MutantsCommand.isFound(run(wrong, VALID))).isTrue();
    assertThat(MutantsCommand.isFound(run(wrong, slow))).isTrue();
    assertThat(MutantsCommand.isFound(run(VALID, never))).isTrue();
    assertThat(MutantsCommand.isFound(run(VALID, slow))).isFalse();
    assertThat(MutantsCommand.isFound(run(VALID, VALID))).isFalse();
  }
}
