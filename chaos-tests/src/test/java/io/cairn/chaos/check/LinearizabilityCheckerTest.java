package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.HistoryWriter;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
  private final Checker checker =
      new LinearizabilityChecker(new RegisterModel(), SearchLimits.DEFAULT);

  @Test
  void agreesWithAllOrdersOnTinyHistories() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    int linearizable = 0;
    for (int i = 0; i < 100_000; i++) {
      History history = TinyRegister.random(random);
      boolean expected = TinyRegister.isLinearizable(history);
      linearizable += expected ? 1 : 0;
      Validity found = checker.check(history).validity();
      assertThat(found != Validity.INVALID)
          .as("-Dseed=%d, history %d:%n%s", seed, i, text(history))
          .isEqualTo(expected);
    }
    assertThat(linearizable).isBetween(20_000, 80_000);
  }

  @Test
  void simulatedHistoriesAreValid() {
    for (long seed = 0; seed < 40; seed++) {
      int keys = 1 + (int) seed % 3;
      History history = registers(keys, seed, 0).run(300 * keys, List.of());
      assertThat(checker.check(history).validity()).as("seed %d", seed).isEqualTo(Validity.VALID);
    }
  }

  @Test
  void staleReadsAreFound() {
    int found = 0;
    for (long seed = 0; seed < 40; seed++) {
      History history = registers(2, seed, 0.2).run(400, List.of());
      found += checker.check(history).validity() == Validity.INVALID ? 1 : 0;
    }
    assertThat(found).isEqualTo(40);
  }

  @Test
  void counterexampleShowsWhatDoesNotFit() {
    History history =
        Histories.of(
            "0 invoke write 1",
            "0 ok write 1",
            "1 invoke read nil",
            "0 invoke write 2",
            "1 ok read 3",
            "0 ok write 2");
    Verdict verdict = checker.check(history);

    assertThat(verdict.validity()).isEqualTo(Validity.INVALID);
    assertThat(verdict.toMap().toString())
        .contains("op={index=2, end-index=4, process=1, type=ok, f=read, value=3}")
        .contains("state=");
  }

  @Test
  void readOfNilTellsNothing() {
    History history =
        Histories.of("0 invoke write 1", "0 ok write 1", "1 invoke read nil", "1 ok read nil");

    assertThat(checker.check(history).validity()).isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void writesAloneAreUnknown() {
    assertThat(checker.check(Histories.of("0 invoke write 1", "0 ok write 1")).validity())
        .isEqualTo(Validity.UNKNOWN);
    assertThat(checker.check(new History(List.of())).validity()).isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void hundredThousandOperationsOfOneKeyTakeSeconds() {
    History history =
        new Simulation(5, new RegisterStore(1, 5, 5, 0, false), 8)
            .rates(0.0005, 0.1)
            .run(100_000, List.of());
    long begun = System.nanoTime();

    assertThat(checker.check(history).validity()).isEqualTo(Validity.VALID);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void searchThatMayNotGoOnIsUnknown() {
    History history = registers(1, 1, 0).run(20_000, List.of());
    Checker forgetful =
        new LinearizabilityChecker(
            new RegisterModel(), new SearchLimits(Duration.ofSeconds(60), 10_000));
    Checker hasty =
        new LinearizabilityChecker(new RegisterModel(), new SearchLimits(Duration.ZERO, 1L << 30));

    assertThat(forgetful.check(history).validity()).isEqualTo(Validity.UNKNOWN);
    assertThat(hasty.check(history).validity()).isEqualTo(Validity.UNKNOWN);
    assertThat(checker.check(history).validity()).isEqualTo(Validity.VALID);
  }

  private static Simulation registers(int keys, long seed, double staleRate) {
    return new Simulation(seed, new RegisterStore(keys, 5, seed, staleRate, false), 4)
        .rates(0.02, 0.1);
  }

  static String text(History history) {
    return history.ops().stream().map(HistoryWriter::line).collect(Collectors.joining("\n"));
  }
}
