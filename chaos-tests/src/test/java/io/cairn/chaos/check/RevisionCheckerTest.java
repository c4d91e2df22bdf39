package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RevisionCheckerTest {
  private final Checker checker = new RevisionChecker();

  @Test
  void agreesWithAllOrdersOnTinyHistories() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    Map<Validity, Integer> seen = new EnumMap<>(Validity.class);
    for (int i = 0; i < 100_000; i++) {
      History history = tiny(random);
      Validity found = checker.check(history).validity();
      seen.merge(found, 1, Integer::sum);
      if (RevisionChecker.applies(history) && found != Validity.UNKNOWN) {
        assertThat(found == Validity.VALID)
            .as("-Dseed=%d, %d:%n%s", seed, i, LinearizabilityCheckerTest.text(history))
            .isEqualTo(hasOrder(history));
      }
    }
    assertThat(seen.get(Validity.VALID)).isGreaterThan(20_000);
    assertThat(seen.get(Validity.INVALID)).isGreaterThan(8_000);
  }

  @Test
  void simulatedHistoriesOfUniqueValuesAreValid() {
    for (long seed = 0; seed < 40; seed++) {
      Simulation.Store store = new RegisterStore(3, 5, seed, 0, true);
      History history = new Simulation(seed, store, 5).run(1_000, List.of());
      assertThat(checker.check(history).validity()).as("seed %d", seed).isEqualTo(Validity.VALID);
    }
  }

  @Test
  void simulatedHistoriesAreNeverInvalid() {
    for (long seed = 0; seed < 40; seed++) {
      Simulation.Store store = new RegisterStore(3, 5, seed, 0, false);
      History history = new Simulation(seed, store, 5).run(1_000, List.of());
      assertThat(checker.check(history).validity())
          .as("seed %d", seed)
          .isNotEqualTo(Validity.INVALID);
    }
  }

  @Test
  void staleReadsAreFound() {
    for (long seed = 0; seed < 40; seed++) {
      Simulation.Store store = new RegisterStore(3, 5, seed, 0.05, true);
      History history = new Simulation(seed, store, 5).run(1_000, List.of());
      assertThat(checker.check(history).validity()).as("seed %d", seed).isEqualTo(Validity.INVALID);
    }
  }

  @Test
  void hundredThousandOperationsTakeSeconds() {
    Simulation.Store store = new RegisterStore(20, 5, 3, 0, true);
    History history = new Simulation(3, store, 10).rates(0.01, 0.05).run(100_000, List.of());
    long begun = System.nanoTime();

    assertThat(checker.check(history).validity()).isEqualTo(Validity.VALID);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void historyWithoutRevisionsIsUnknown() {
    History history =
        Histories.of("0 invoke write 1", "0 ok write 1", "1 invoke read nil", "1 ok read 1");

    assertThat(RevisionChecker.applies(history)).isFalse();
    assertThat(checker.check(history).validity()).isEqualTo(Validity.UNKNOWN);
  }

  /** Six operations on one register, with revisions, of which something was then changed. */
  private static History tiny(Random random) {
    Simulation.Store store = new RegisterStore(1, 2, random.nextLong(), 0, false);
    List<Op> ops =
        new ArrayList<>(
            new Simulation(random.nextLong(), store, 3).rates(0.2, 0.1).run(6, List.of()).ops());
    for (int changes = random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(ops.size());
      Op op = ops.get(at);
      if (op.type() == OpType.OK) {
        Object value = op.value();
        Map<String, Object> extras = op.extras();
        if (op.f().equals("read") && random.nextBoolean()) {
          value = (long) random.nextInt(2);
        } else {
          String name = extras.keySet().iterator().next();
          long revision = (Long) extras.get(name) + random.nextInt(3) - 1;
          extras = Map.of(name, Math.max(0, revision));
        }
        ops.set(
            at, new Op(op.index(), op.timeNanos(), op.type(), op.process(), op.f(), value, extras));
      }
    }
    return new History(ops);
  }

  private static boolean hasOrder(History history) {
    List<Operation> left = new ArrayList<>();
    Set<Long> revisions = new HashSet<>();
    for (Operation operation : history.operations()) {
      boolean isRead = operation.f().equals("read");
      if (!operation.isFail() && !(isRead && operation.isUncertain())) {
        left.add(operation);
      }
      if (operation.isOk() && !isRead && !revisions.add((Long) operation.extra("revision"))) {
        return false;
      }
    }
    return canGoOn(left, revisions, Keyword.ABSENT, -1);
  }

  private static boolean canGoOn(
      List<Operation> left, Set<Long> revisions, Object state, long revision) {
    if (left.stream().noneMatch(Operation::isOk)) {
      return true;
    }
    for (Operation next : left) {
      boolean tooEarly = false;
      for (Operation other : left) {
        tooEarly |= other.end() < next.begin();
      }
      Object needed = RegisterModel.needed(next);
      if (tooEarly || (needed != null && !needed.equals(state))) {
        continue;
      }
      Object written = RegisterModel.written(next);
      long after = revisionAfter(next, revisions, revision);
      List<Operation> rest = new ArrayList<>(left);
      rest.remove(next);
      if (after >= 0 && canGoOn(rest, revisions, written == null ? state : written, after)) {
        return true;
      }
    }
    return false;
  }

  /** The store's revision once an operation is done, or -1 if it cannot be done now. */
  private static long revisionAfter(Operation next, Set<Long> revisions, long revision) {
    if (next.isUncertain()) {
      long free = revision + 1;
      while (revisions.contains(free)) {
        free++;
      }
      return free;
    }
    if (next.f().equals("read")) {
      long read = (Long) next.extra("read-revision");
      return read >= revision ? read : -1;
    }
    long changed = (Long) next.extra("revision");
    return changed > revision ? changed : -1;
  }
}
