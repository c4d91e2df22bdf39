package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryCheckerTest {
  /** Two records, a checkpoint, one more record. */
  private static final String[] SAVED = {
    "0 invoke claim nil",
    "0 ok claim {:epoch 1}",
    "0 invoke append {:epoch 1 :id 10}",
    "0 ok append {:epoch 1 :id 10 :index 0}",
    "0 invoke append {:epoch 1 :id 11}",
    "0 ok append {:epoch 1 :id 11 :index 1}",
    "0 invoke checkpoint {:epoch 1 :seq 1 :data \"a\"}",
    "0 ok checkpoint {:epoch 1 :seq 1 :data \"a\"}",
    "0 invoke append {:epoch 1 :id 12}",
    "0 ok append {:epoch 1 :id 12 :index 2}"
  };

  @Test
  void wholeLogAndItsEndAreValid() {
    for (String log : List.of("[10 11 12]", "[11 12]", "[12]")) {
      assertThat(recovered("{:epoch 1 :seq 1 :data \"a\" :log " + log + "}"))
          .as(log)
          .isEqualTo(Validity.VALID);
    }
  }

  @Test
  void keysMayBeStrings() {
    assertThat(recovered("{\"epoch\" 1 \"seq\" 1 \"data\" \"a\" \"log\" [12]}"))
        .isEqualTo(Validity.VALID);
    assertThat(recovered("{\"epoch\" 1 \"seq\" 1 \"data\" \"a\" \"log\" [11]}"))
        .isEqualTo(Validity.INVALID);
  }

  @Test
  void otherLogsAreInvalid() {
    for (String log : List.of("[]", "[10 11]", "[10 12]", "[12 11]", "[12 12]", "[11 12 13]")) {
      assertThat(recovered("{:epoch 1 :seq 1 :data \"a\" :log " + log + "}"))
          .as(log)
          .isEqualTo(Validity.INVALID);
    }
  }

  @Test
  void otherCheckpointsAreInvalid() {
    for (String checkpoint :
        List.of(":seq 1 :data \"b\"", ":seq 0 :data :absent", ":data nil", ":seq 2 :data \"a\"")) {
      assertThat(recovered("{:epoch 1 " + checkpoint + " :log [10 11 12]}"))
          .as(checkpoint)
          .isEqualTo(Validity.INVALID);
    }
  }

  @Test
  void uncertainCheckpointAndRecordMayBeThereOrNot() {
    String[] uncertain = {
      "0 invoke append {:epoch 1 :id 13}",
      "0 info append {:epoch 1 :id 13}",
      "1 invoke checkpoint {:epoch 1 :seq 2 :data \"b\"}",
      "1 info checkpoint {:epoch 1 :seq 2 :data \"b\"}"
    };
    for (String log : List.of("[10 11 12 13]", "[12]", "[12 13]", "[]", "[13]")) {
      assertThat(recovered("{:epoch 1 :seq 2 :data \"b\" :log " + log + "}", uncertain))
          .as(log)
          .isEqualTo(Validity.VALID);
    }
    assertThat(recovered("{:epoch 1 :seq 1 :data \"a\" :log [12]}", uncertain))
        .isEqualTo(Validity.VALID);
    assertThat(recovered("{:epoch 1 :seq 1 :data \"a\" :log [13]}", uncertain))
        .isEqualTo(Validity.INVALID);
  }

  @Test
  void whatWasRefusedMustNotComeBack() {
    String[] refused = {
      "0 invoke append {:epoch 1 :id 13}",
      "0 fail append {:epoch 1 :id 13}",
      "0 invoke checkpoint {:epoch 1 :seq 2 :data \"b\"}",
      "0 fail checkpoint {:epoch 1 :seq 2 :data \"b\"}"
    };
    assertThat(recovered("{:epoch 1 :seq 1 :data \"a\" :log [12]}", refused))
        .isEqualTo(Validity.VALID);
    assertThat(recovered("{:epoch 1 :seq 1 :data \"a\" :log [12 13]}", refused))
        .isEqualTo(Validity.INVALID);
    assertThat(recovered("{:epoch 1 :seq 2 :data \"b\" :log [12]}", refused))
        .isEqualTo(Validity.INVALID);
  }

  @Test
  void withoutCheckpointAllRecordsComeBack() {
    String[] appended = Arrays.copyOf(SAVED, 6);
    assertThat(check(appended, "{:epoch 1 :seq 0 :data :absent :log [10 11]}"))
        .isEqualTo(Validity.VALID);
    assertThat(check(appended, "{:epoch 1 :seq nil :data nil :log [11]}"))
        .isEqualTo(Validity.INVALID);
    assertThat(check(appended, "{:epoch 1 :log []}")).isEqualTo(Validity.INVALID);
  }

  /** The checkpoint came after the records, and may cover them, unless it says that it does not. */
  @Test
  void recoveryThatSaysHowManyRecordsAreCoveredShowsAllOthers() {
    String[] saved = Arrays.copyOf(SAVED, 8);
    String recovery = "{:epoch 1 :seq 1 :data \"a\" :log %s}";
    assertThat(check(saved, recovery.formatted("[]"))).isEqualTo(Validity.VALID);
    for (String log : List.of("[] :covered 0", "[] :covered 1", "[11] :covered 0")) {
      assertThat(check(saved, recovery.formatted(log))).as(log).isEqualTo(Validity.INVALID);
    }
    for (String log : List.of("[10 11] :covered 0", "[11] :covered 1", "[] :covered 2")) {
      assertThat(check(saved, recovery.formatted(log))).as(log).isEqualTo(Validity.VALID);
    }
  }

  @Test
  void indicesAreDenseAndFollowRealTime() {
    assertThat(placed(3)).isEqualTo(Validity.VALID);
    assertThat(placed(4)).isEqualTo(Validity.INVALID);
    assertThat(placed(2)).isEqualTo(Validity.INVALID);
  }

  @Test
  void nothingRecoveredIsUnknown() {
    assertThat(new RecoveryChecker(true).check(Histories.of(SAVED)).validity())
        .isEqualTo(Validity.UNKNOWN);
    assertThat(Checkers.check("task", Histories.of(SAVED)).validity()).isEqualTo(Validity.VALID);
  }

  private static Validity placed(int index) {
    return recovered(
        "{:epoch 1 :seq 1 :data \"a\" :log [12 13]}",
        "0 invoke append {:epoch 1 :id 13}",
        "0 ok append {:epoch 1 :id 13 :index " + index + "}");
  }

  private static Validity recovered(String value, String... more) {
    List<String> lines = new ArrayList<>(List.of(SAVED));
    lines.addAll(List.of(more));
    return check(lines.toArray(new String[0]), value);
  }

  private static Validity check(String[] lines, String value) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("7 invoke recover nil");
    all.add("7 ok recover " + value);
    return Checkers.check("recovery", Histories.of(all.toArray(new String[0]))).validity();
  }
}
