package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckersTest {
  private static final History HISTORY = new History(List.of());
  private static final Checker WRONG = history -> new Verdict(Validity.INVALID, Map.of("a", 1L));
  private static final Checker RIGHT = history -> new Verdict(Validity.VALID, Map.of());
  private static final Checker FULL =
      history -> {
        throw new OutOfMemoryError("no more");
      };
  private static final Checker BROKEN =
      history -> {
        throw new IllegalStateException("broken");
      };

  @Test
  void aPartThatFailsDoesNotHideWhatAnotherFound() {
    for (Checker failing : List.of(FULL, BROKEN)) {
      Map<String, Checker> parts = new LinkedHashMap<>();
      parts.put("failing", failing);
      parts.put("wrong", WRONG);
      Checker all = Checkers.all(parts);
      assertThat(all.check(HISTORY).validity()).isEqualTo(Validity.INVALID);
      assertThat(Checkers.searched(WRONG, failing).check(HISTORY).validity())
          .isEqualTo(Validity.INVALID);
      assertThat(Checkers.searched(failing, WRONG).check(HISTORY).validity())
          .isEqualTo(Validity.INVALID);
      assertThat(Checkers.either("a", failing, "b", WRONG).check(HISTORY).validity())
          .isEqualTo(Validity.INVALID);
      assertThat(Checkers.either("a", WRONG, "b", failing).check(HISTORY).validity())
          .isEqualTo(Validity.INVALID);
    }
  }

  @Test
  void aPartThatFailsIsUnknown() {
    assertThat(Checkers.searched(FULL, RIGHT).check(HISTORY).validity())
        .isEqualTo(Validity.UNKNOWN);
    assertThat(Checkers.all(Map.of("a", BROKEN, "b", RIGHT)).check(HISTORY).validity())
        .isEqualTo(Validity.UNKNOWN);
    assertThat(Checkers.searched(RIGHT, FULL).check(HISTORY).validity()).isEqualTo(Validity.VALID);
  }

  @Test
  void operationsThatAWorkloadDoesNotKnowAreIgnored() {
    History history =
        Histories.of(
            "0 invoke write [0 1]",
            "0 ok write [0 1]",
            "0 invoke write [1 2]",
            "0 ok write [1 2]",
            "1 invoke drain nil",
            "1 ok drain nil",
            "0 invoke read [0 nil]",
            "0 ok read [0 1]");
    Verdict verdict = Checkers.check("register", history);
    assertThat(verdict.validity()).as("%s", verdict).isEqualTo(Validity.VALID);
  }

  @Test
  void eachCheckerHasOperations() {
    for (String workload : Checkers.workloads()) {
      assertThat(Checkers.operations(workload)).as(workload).isNotEmpty();
    }
  }

  /** Sets that a search remembers are far larger than the bits of what led to them. */
  @Test
  void statesCountToWhatASearchRemembers() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      lines.add("0 invoke add " + i);
      lines.add("0 ok add " + i);
    }
    lines.add("0 invoke read nil");
    lines.add("0 ok read [1]");
    History history = Histories.of(lines.toArray(new String[0]));
    SearchLimits small = new SearchLimits(Duration.ofSeconds(60), 1L << 20);
    SearchLimits enough = new SearchLimits(Duration.ofSeconds(60), 64L << 20);

    assertThat(new LinearizabilityChecker(Models.set(), small).check(history).validity())
        .isEqualTo(Validity.UNKNOWN);
    assertThat(new LinearizabilityChecker(Models.set(), enough).check(history).validity())
        .isEqualTo(Validity.INVALID);
  }
}
