package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Simulation.Call;
import io.cairn.chaos.check.Simulation.Store;
import io.cairn.chaos.history.History;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkers of workloads on simulated stores that keep their promises, or break one. */
class DomainCheckersTest {
  private static final int SEEDS = 25;

  private static final Map<String, Function<String, Store>> STORES =
      Map.of(
          "set", DomainStores.Elements::new,
          "counter", DomainStores.Counter::new,
          "bank", DomainStores.Bank::new,
          "lock", DomainStores.Lock::new,
          "watch", DomainStores.Log::new,
          "task", bug -> new TaskStore(bug, false),
          "recovery", bug -> new TaskStore(bug, true),
          "append", bug -> new ListStore(3),
          "register", bug -> new RegisterStore(3, 5, 1, 0, true));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set",
        "counter",
        "bank",
        "lock",
        "watch",
        "task",
        "recovery",
        "append",
        "register"
      })
  void promisesThatAreKeptAreValid(String workload) {
    for (long seed = 0; seed < SEEDS; seed++) {
      History history = run(workload, "", seed, 300);
      Verdict verdict = Checkers.check(workload, history);
      assertThat(verdict.validity())
          .as("seed %d: %s%n%s", seed, verdict, LinearizabilityCheckerTest.text(history))
          .isEqualTo(Validity.VALID);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "set, lose, lost",
    "set, double, duplicated",
    "counter, twice, too-much",
    "counter, lose, too-little",
    "counter, stale, too-little",
    "bank, create, wrong-total",
    "bank, overdraw, negative",
    "bank, stale, wrong-balance",
    "lock, unfenced, stale-write",
    "lock, token, token-twice",
    "watch, miss, missed",
    "watch, double, doubled",
    "watch, swap, reordered",
    "watch, other, disagrees",
    "task, stale, stale-epoch",
    "task, epoch, epoch-order",
    "task, moved, moved",
    "task, lose-record, lost-record",
    "recovery, lose-record, lost-record",
    "recovery, lose-last, lost-record",
    "recovery, double-record, doubled-record",
    "recovery, swap-records, reordered-record",
    "recovery, lose-checkpoint, lost-checkpoint",
    "recovery, torn, torn-checkpoint",
    "task, swap-records, reordered-record",
    "task, torn, torn-checkpoint",
  })
  void promisesThatAreBrokenAreFoundByName(String workload, String bug, String name) {
    int found = 0;
    int named = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Verdict verdict = Checkers.check(workload, run(workload, bug, seed, 300));
      found += verdict.validity() == Validity.INVALID ? 1 : 0;
      named += verdict.toMap().toString().contains(name + "=") ? 1 : 0;
    }
    // With some seeds nobody looks at what was broken before it is gone.
    assertThat(found).isGreaterThanOrEqualTo(SEEDS - 2);
    assertThat(named).as(name).isGreaterThan(SEEDS * 3 / 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"set", "counter", "bank", "lock", "watch", "task", "append"})
  void longHistoriesTakeSeconds(String workload) {
    int count = workload.equals("set") ? 5_000 : 50_000;
    History history = run(workload, "", 1, count);
    long begun = System.nanoTime();

    assertThat(Checkers.check(workload, history).validity()).isEqualTo(Validity.VALID);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void nothingDoneIsUnknownEverywhere() {
    History empty = new History(List.of());
    for (String workload : Checkers.workloads()) {
      assertThat(Checkers.check(workload, empty).validity())
          .as(workload)
          .isEqualTo(Validity.UNKNOWN);
    }
    assertThat(Checkers.check("nothing", empty).validity()).isEqualTo(Validity.UNKNOWN);
  }

  private static History run(String workload, String bug, long seed, int count) {
    List<Call> last =
        switch (workload) {
          case "set", "counter", "bank" -> List.of(new Call(9, "read", null));
          case "watch" -> List.of(new Call(9, "watch", null));
          case "task", "recovery" -> List.of(new Call(9, "recover", null));
          default -> List.of();
        };
    return new Simulation(seed, STORES.get(workload).apply(bug), 5)
        .rates(0.03, 0.1)
        .run(count, last);
  }
}
