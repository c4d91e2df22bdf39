package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Simulation.Call;
import io.cairn.chaos.check.Simulation.Store;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the checkers of counters and sets call invalid has no order, on tiny histories. */
class ContentsAgainstSearchTest {
  private static final int HISTORIES = 20_000;

  @Test
  void counterThatIsInvalidHasNoOrder() {
    agrees(
        new CounterChecker(),
        Models.counter(),
        random -> new DomainStores.Counter(""),
        (random, value) -> Math.max(0, (Long) value + random.nextInt(5) - 2));
  }

  @Test
  void setThatIsInvalidHasNoOrder() {
    agrees(
        new SetChecker(),
        Models.set(),
        random -> new DomainStores.Elements(""),
        (random, value) -> {
          List<Object> elements = new ArrayList<>((List<?>) value);
          if (!elements.isEmpty()) {
            elements.remove(random.nextInt(elements.size()));
          }
          return elements;
        });
  }

  private interface Stores {
    Store make(Random random);
  }

  private interface Change {
    Object apply(Random random, Object value);
  }

  private static void agrees(Checker checker, Model model, Stores stores, Change change) {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    Checker search = new LinearizabilityChecker(model, SearchLimits.DEFAULT);
    int invalid = 0;
    int found = 0;
    for (int i = 0; i < HISTORIES; i++) {
      Simulation simulation = new Simulation(random.nextLong(), stores.make(random), 3);
      History history =
          changed(
              random,
              simulation.rates(0.1, 0.1).run(8, List.of(new Call(9, "read", null))),
              change);
      boolean hasNoOrder = search.check(history).validity() == Validity.INVALID;
      invalid += hasNoOrder ? 1 : 0;
      if (checker.check(history).validity() == Validity.INVALID) {
        found++;
        assertThat(hasNoOrder)
            .as("-Dseed=%d, %d:%n%s", seed, i, LinearizabilityCheckerTest.text(history))
            .isTrue();
      }
    }
    assertThat(invalid).isGreaterThan(HISTORIES / 10);
    assertThat(found).isGreaterThan(invalid * 9 / 10);
  }

  private static History changed(Random random, History history, Change change) {
    List<Op> ops = new ArrayList<>(history.ops());
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      if (op.type() == OpType.OK && op.f().equals("read") && random.nextInt(4) == 0) {
        ops.set(i, op.withValue(change.apply(random, op.value())));
      }
    }
    return new History(ops);
  }
}
