package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LockCheckerTest {
  /** Nobody has written with the newer token yet. */
  private static final String[] STALE = {
    "0 invoke acquire nil",
    "0 ok acquire {:token 1}",
    "1 invoke acquire nil",
    "1 ok acquire {:token 2}",
    "0 invoke write {:token 1 :v 7}",
    "0 ok write {:token 1 :v 7}"
  };

  @Test
  void resourceBehindTheLockNeedNotKnowOfANewerToken() {
    assertThat(new LockChecker(Premises.NONE).check(Histories.of(STALE)).validity())
        .isEqualTo(Validity.VALID);
  }

  @Test
  void storeThatGivesTokensOutKnowsOfEachNewerOne() {
    Checker checker = new LockChecker(Premises.ofRun(0));
    Verdict verdict = checker.check(Histories.of(STALE));
    assertThat(verdict.validity()).isEqualTo(Validity.INVALID);
    assertThat(verdict.toString()).contains("stale-after-acquire");
    String[] lines = STALE.clone();
    lines[5] = "0 fail write {:token 1 :v 7}";
    assertThat(checker.check(Histories.of(lines)).validity()).isEqualTo(Validity.VALID);
    lines = STALE.clone();
    lines[2] = STALE[4]; // it had begun before
    lines[3] = STALE[2];
    lines[4] = STALE[3];
    assertThat(checker.check(Histories.of(lines)).validity()).isEqualTo(Validity.VALID);
  }
}
