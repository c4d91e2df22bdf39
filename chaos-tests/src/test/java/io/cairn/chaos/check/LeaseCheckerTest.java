package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Each line is a millisecond. */
class LeaseCheckerTest {
  private final Checker checker = new LeaseChecker();

  @Test
  void claimAfterTheTimeToLiveIsValid() {
    assertThat(
            check(
                "0 invoke claim {:ttl 3}",
                "0 ok claim {:epoch 1}",
                "1 invoke claim {:ttl 3}",
                "1 ok claim {:epoch 2}"))
        .isEqualTo(Validity.VALID);
  }

  @Test
  void claimBeforeTheTimeToLiveIsEarly() {
    assertThat(
            check(
                "0 invoke claim {:ttl 4}",
                "0 ok claim {:epoch 1}",
                "1 invoke claim {:ttl 3}",
                "1 ok claim {:epoch 2}"))
        .isEqualTo(Validity.INVALID);
  }

  @Test
  void renewalMakesItLast() {
    String[] lines = {
      "0 invoke claim {:ttl 3}",
      "0 ok claim {:epoch 1}",
      "0 invoke renew {:epoch 1 :ttl 6}",
      "0 ok renew {:epoch 1 :ttl 6}",
      "1 invoke claim {:ttl 3}",
      "1 ok claim {:epoch 2}"
    };
    assertThat(check(lines)).isEqualTo(Validity.INVALID);
    lines[3] = "0 info renew {:epoch 1 :ttl 6}";
    assertThat(check(lines)).isEqualTo(Validity.VALID);
  }

  @Test
  void whoReleasesEndsIt() {
    for (String type : new String[] {"ok", "info"}) {
      assertThat(
              check(
                  "0 invoke claim {:ttl 100}",
                  "0 ok claim {:epoch 1}",
                  "0 invoke release {:epoch 1}",
                  "0 %s release {:epoch 1}".formatted(type),
                  "1 invoke claim {:ttl 3}",
                  "1 ok claim {:epoch 2}"))
          .isEqualTo(Validity.VALID);
    }
  }

  @Test
  void readThatShowsNobodyIsEarly() {
    String[] lines = {
      "0 invoke claim {:ttl 100}", "0 ok claim {:epoch 1}", "1 invoke read nil", "1 ok read :absent"
    };
    assertThat(check(lines)).isEqualTo(Validity.INVALID);
    lines[3] = "1 ok read {:epoch 1}";
    assertThat(check(lines)).isEqualTo(Validity.VALID);
  }

  @Test
  void claimBesideAnotherProvesNothing() {
    assertThat(
            check(
                "0 invoke claim {:ttl 100}",
                "1 invoke claim {:ttl 100}",
                "1 ok claim {:epoch 1}",
                "0 fail claim {:ttl 100}"))
        .isEqualTo(Validity.VALID);
  }

  @Test
  void epochsGrow() {
    assertThat(
            check(
                "0 invoke claim {:ttl 1}",
                "0 ok claim {:epoch 5}",
                "1 invoke claim {:ttl 1}",
                "1 ok claim {:epoch 4}"))
        .isEqualTo(Validity.INVALID);
  }

  private Validity check(String... lines) {
    return checker.check(Histories.of(lines)).validity();
  }
}
