package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.HistoryReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

/** Each line is a millisecond. */
class LeaseCheckerTest {
  private final Checker checker = new LeaseChecker(Premises.NONE);

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
                "0 fail claim {:ttl 100}",
                "0 invoke read nil",
                "0 ok read {:epoch 1}"))
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

  /** Beyond 64 bits of nanoseconds it would end before it began. */
  @Test
  void timeToLiveThatIsTooLongIsUnknown() {
    for (String ttl : new String[] {"9223372036854775807", "9999999999999999999", "\"1\""}) {
      assertThat(
              check(
                  "0 invoke claim {:ttl " + ttl + "}",
                  "0 ok claim {:epoch 1}",
                  "1 invoke claim {:ttl 3}",
                  "1 ok claim {:epoch 2}"))
          .as(ttl)
          .isEqualTo(Validity.UNKNOWN);
    }
  }

  /** Without times the second claim seems to come at once. */
  @Test
  void historyWithoutTimesIsUnknown() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int process = 0; process < 2; process++) {
      for (String type : new String[] {"invoke", "ok"}) {
        text.append("{:process %d, :type :%s, :f :claim, ".formatted(process, type));
        text.append(":value {:ttl 3, :epoch %d}}".formatted(process));
      }
    }
    History history = HistoryReader.read(new StringReader(text.toString()));
    assertThat(checker.check(history).validity()).isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void releaseOfWhoKnowsWhatAccusesNobody() {
    assertThat(
            check(
                "0 invoke claim {:ttl 100}",
                "0 ok claim {:epoch 1}",
                "0 invoke release nil",
                "0 ok release nil",
                "1 invoke claim {:ttl 3}",
                "1 ok claim {:epoch 2}"))
        .isEqualTo(Validity.UNKNOWN);
  }

  /** A renewal that finds no lease has looked at it. */
  @Test
  void renewalThatFindsNoLeaseWithinTheTimeToLiveIsEarly() {
    String[] lines = {
      "0 invoke claim {:ttl 5}",
      "0 ok claim {:epoch 1}",
      "0 invoke renew {:epoch 1}",
      "0 fail renew {:epoch 1} :error \"LEASE_NOT_FOUND\"",
      "1 invoke read nil",
      "1 ok read {:epoch 1}",
    };
    assertThat(check(lines)).isEqualTo(Validity.INVALID);
    lines[3] = "0 fail renew {:epoch 1} :error \"NO_LEADER\"";
    assertThat(check(lines)).isEqualTo(Validity.VALID);
    lines[3] = "0 fail renew {:epoch 1} :error \"LEASE_NOT_FOUND\"";
    lines[0] = "0 invoke claim {:ttl 3}"; // it was over by then
    assertThat(check(lines)).isEqualTo(Validity.VALID);
  }

  @Test
  void renewalOfAReleasedLeaseFindsNone() {
    assertThat(
            check(
                "0 invoke claim {:ttl 100}",
                "0 ok claim {:epoch 1}",
                "0 invoke release {:epoch 1}",
                "0 info release {:epoch 1}",
                "1 invoke renew {:epoch 1}",
                "1 fail renew {:epoch 1} :error \"LEASE_NOT_FOUND\"",
                "1 invoke read nil",
                "1 ok read :absent"))
        .isEqualTo(Validity.VALID);
  }

  /** By a clock that runs half as fast again, 6 ms are over after 4. */
  @Test
  void fastClocksEndLeasesEarlierAndNoMoreThanThat() {
    String[] lines = {
      "0 invoke claim {:ttl 6}",
      "0 ok claim {:epoch 1}",
      "1 invoke read nil",
      "2 invoke read nil",
      "1 ok read :absent",
      "2 ok read :absent"
    };
    assertThat(check(lines)).isEqualTo(Validity.INVALID);
    Checker fast = new LeaseChecker(Premises.ofRun(500_000));
    assertThat(fast.check(Histories.of(lines)).validity()).isEqualTo(Validity.VALID);
    lines[4] = "1 fail read nil";
    lines[0] = "0 invoke claim {:ttl 8}"; // not before 5.3 ms, and it was 5
    assertThat(fast.check(Histories.of(lines)).validity()).isEqualTo(Validity.INVALID);
  }

  @Test
  void leasesThatWereLeftToTheirEndAreCounted() {
    assertThat(
            checker
                .check(
                    Histories.of(
                        "0 invoke claim {:ttl 1}",
                        "0 ok claim {:epoch 1}",
                        "0 invoke read nil",
                        "0 ok read :absent",
                        "0 invoke claim {:ttl 100}",
                        "0 ok claim {:epoch 2}",
                        "0 invoke release {:epoch 2}",
                        "0 ok release {:epoch 2}",
                        "0 invoke read nil",
                        "0 ok read :absent"))
                .details())
        .containsEntry("granted", 2L)
        .containsEntry("ended-by-themselves", 1L);
  }

  private Validity check(String... lines) {
    return checker.check(Histories.of(lines)).validity();
  }
}
