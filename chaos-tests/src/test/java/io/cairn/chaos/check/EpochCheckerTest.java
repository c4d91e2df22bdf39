package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EpochCheckerTest {
  private static final String CLAIM = "0 invoke claim nil";
  private static final String SHOWN = "1 invoke recover nil";

  @Test
  void writeOfAnOlderEpochThanARecoveryShowedIsStale() {
    assertThat(
            check(
                CLAIM,
                "0 ok claim {:epoch 6}",
                SHOWN,
                "1 ok recover {:epoch 7 :seq 0 :data :absent :log []}",
                "0 invoke append {:epoch 6 :id 1}",
                "0 ok append {:epoch 6 :id 1 :index 0}"))
        .contains("stale-epoch=1");
  }

  @Test
  void writeThatHadBegunIsNot() {
    assertThat(
            check(
                CLAIM,
                "0 ok claim {:epoch 6}",
                "0 invoke append {:epoch 6 :id 1}",
                SHOWN,
                "1 ok recover {:epoch 7 :seq 0 :data :absent :log []}",
                "0 ok append {:epoch 6 :id 1 :index 0}"))
        .startsWith("{valid?=true");
  }

  @Test
  void epochsThatAreShownDoNotGoBack() {
    assertThat(
            check(
                CLAIM,
                "0 ok claim {:epoch 6}",
                SHOWN,
                "1 ok recover {:epoch 7 :seq 0 :data :absent :log []}",
                SHOWN,
                "1 ok recover {:epoch 6 :seq 0 :data :absent :log []}"))
        .contains("epoch-went-back=1");
  }

  @Test
  void claimOfALowerEpochThanWasShownIsOutOfOrder() {
    assertThat(
            check(
                SHOWN,
                "1 ok recover {:epoch 7 :seq 0 :data :absent :log []}",
                CLAIM,
                "0 ok claim {:epoch 6}"))
        .contains("epoch-order=1");
  }

  @Test
  void checkpointIsNotOfANewerEpochThanTheStoreHas() {
    String[] lines = {
      CLAIM,
      "0 ok claim {:epoch 6}",
      "0 invoke checkpoint {:epoch 6 :seq 1 :data 5}",
      "0 ok checkpoint {:epoch 6 :seq 1 :data 5}",
      SHOWN,
      "1 ok recover {:epoch 5 :seq 1 :data 5 :log []}"
    };
    assertThat(check(lines)).contains("newer-than-its-epoch=1");
    lines[5] = "1 ok recover {:epoch 6 :seq 1 :data 5 :log []}";
    assertThat(check(lines)).startsWith("{valid?=true");
  }

  @Test
  void epochThatIsNoLongIsUnknown() {
    assertThat(
            check(
                CLAIM,
                "0 ok claim {:epoch 99999999999999999999}",
                CLAIM,
                "0 ok claim {:epoch 6}",
                "0 invoke append {:epoch 6 :id 1}",
                "0 ok append {:epoch 6 :id 1 :index 0}"))
        .startsWith("{valid?=:unknown")
        .contains("the epoch of index 0 is no whole number");
  }

  @Test
  void seqThatIsNoLongIsUnknown() {
    assertThat(
            check(
                CLAIM,
                "0 ok claim {:epoch 6}",
                "0 invoke checkpoint {:epoch 6 :seq 99999999999999999999 :data 5}",
                "0 ok checkpoint {:epoch 6 :seq 99999999999999999999 :data 5}",
                "0 invoke checkpoint {:epoch 6 :seq 1 :data 6}",
                "0 ok checkpoint {:epoch 6 :seq 1 :data 6}",
                SHOWN,
                "1 ok recover {:epoch 6 :seq 99999999999999999999 :data 5 :log []}"))
        .startsWith("{valid?=:unknown")
        .contains("the seq of index 2");
  }

  @Test
  void recordThatTheStoreSaysItHasAndDoesNotShowIsLost() {
    assertThat(
            check(
                CLAIM,
                "0 ok claim {:epoch 6}",
                "0 invoke append {:epoch 6 :id 1}",
                "0 ok append {:epoch 6 :id 1 :index 0}",
                "0 invoke checkpoint {:epoch 6 :seq 1 :data 5}",
                "0 ok checkpoint {:epoch 6 :seq 1 :data 5}",
                SHOWN,
                "1 ok recover {:epoch 6 :seq 1 :data 5 :log [\"lsn 1 to 1 missing\"]}"))
        .startsWith("{valid?=false")
        .contains("record-from-nowhere=1");
  }

  private static String check(String... lines) {
    return Checkers.check("task", Histories.of(lines)).toMap().toString();
  }
}
