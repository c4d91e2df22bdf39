package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AppendCheckerTest {
  private final Checker checker = new AppendChecker(true);

  @Test
  void simulatedHistoriesAreValid() {
    for (long seed = 0; seed < 40; seed++) {
      History history = new Simulation(seed, new ListStore(3), 5).run(500, List.of());
      Verdict verdict = checker.check(history);
      assertThat(verdict.validity()).as("seed %d: %s", seed, verdict).isEqualTo(Validity.VALID);
    }
  }

  @Test
  void hundredThousandTransactionsTakeSeconds() {
    History history = new Simulation(1, new ListStore(5), 10).run(100_000, List.of());
    long begun = System.nanoTime();

    assertThat(checker.check(history).validity()).isEqualTo(Validity.VALID);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void agreesWithAllOrdersOnTinyHistories() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    Map<Validity, Integer> seen = new EnumMap<>(Validity.class);
    int missed = 0;
    for (int i = 0; i < 20_000; i++) {
      History history = tiny(random);
      Validity found = checker.check(history).validity();
      boolean hasOrder = hasOrder(history);
      seen.merge(found, 1, Integer::sum);
      missed += found != Validity.INVALID && !hasOrder ? 1 : 0;
      if (found == Validity.INVALID) {
        assertThat(hasOrder)
            .as("-Dseed=%d, %d:%n%s", seed, i, LinearizabilityCheckerTest.text(history))
            .isFalse();
      }
    }
    assertThat(seen.get(Validity.VALID)).isGreaterThan(3_000);
    assertThat(seen.get(Validity.INVALID)).isGreaterThan(1_000);
    assertThat(missed).isLessThan(20);
  }

  @Test
  void eachAnomalyHasItsName() {
    found(
        "G0",
        "0 invoke txn [[:append 1 1] [:append 2 1]]",
        "1 invoke txn [[:append 1 2] [:append 2 2]]",
        "0 ok txn [[:append 1 1] [:append 2 1]]",
        "1 ok txn [[:append 1 2] [:append 2 2]]",
        "0 invoke txn [[:r 1 nil] [:r 2 nil]]",
        "0 ok txn [[:r 1 [1 2]] [:r 2 [2 1]]]");
    found(
        "G1a",
        "0 invoke txn [[:append 1 1]]",
        "0 fail txn [[:append 1 1]]",
        "0 invoke txn [[:r 1 nil]]",
        "0 ok txn [[:r 1 [1]]]");
    found(
        "G1b",
        "0 invoke txn [[:append 1 1] [:append 1 2]]",
        "1 invoke txn [[:r 1 nil]]",
        "1 ok txn [[:r 1 [1]]]",
        "0 ok txn [[:append 1 1] [:append 1 2]]");
    found(
        "G1c",
        "0 invoke txn [[:append 1 1] [:r 2 nil]]",
        "1 invoke txn [[:append 2 1] [:r 1 nil]]",
        "0 ok txn [[:append 1 1] [:r 2 [1]]]",
        "1 ok txn [[:append 2 1] [:r 1 [1]]]");
    found(
        "G-single",
        "0 invoke txn [[:append 1 1] [:append 2 1]]",
        "1 invoke txn [[:r 1 nil] [:r 2 nil]]",
        "0 ok txn [[:append 1 1] [:append 2 1]]",
        "1 ok txn [[:r 1 [1]] [:r 2 nil]]");
    found(
        "G2",
        "0 invoke txn [[:append 1 1] [:r 2 nil]]",
        "1 invoke txn [[:append 2 1] [:r 1 nil]]",
        "0 ok txn [[:append 1 1] [:r 2 []]]",
        "1 ok txn [[:append 2 1] [:r 1 []]]");
  }

  @Test
  void lostAndStaleAreAgainstRealTime() {
    found(
        "G-single-realtime",
        "0 invoke txn [[:append 1 1]]",
        "0 ok txn [[:append 1 1]]",
        "1 invoke txn [[:r 1 nil]]",
        "1 ok txn [[:r 1 nil]]");
    assertThat(
            new AppendChecker(false)
                .check(
                    Histories.of(
                        "0 invoke txn [[:append 1 1]]",
                        "0 ok txn [[:append 1 1]]",
                        "1 invoke txn [[:r 1 nil]]",
                        "1 ok txn [[:r 1 nil]]"))
                .validity())
        .isEqualTo(Validity.VALID);
  }

  @Test
  void listsThatCannotBeHaveNames() {
    found(
        "duplicate-elements",
        "0 invoke txn [[:append 1 1]]",
        "0 ok txn [[:append 1 1]]",
        "0 invoke txn [[:r 1 nil]]",
        "0 ok txn [[:r 1 [1 1]]]");
    found(
        "incompatible-order",
        "0 invoke txn [[:append 1 1] [:append 1 2]]",
        "0 ok txn [[:append 1 1] [:append 1 2]]",
        "0 invoke txn [[:r 1 nil]]",
        "0 ok txn [[:r 1 [1 2]]]",
        "0 invoke txn [[:r 1 nil]]",
        "0 ok txn [[:r 1 [2 1]]]");
    found(
        "internal",
        "0 invoke txn [[:append 1 1] [:r 1 nil]]",
        "0 ok txn [[:append 1 1] [:r 1 nil]]");
    found("from-nowhere", "0 invoke txn [[:r 1 nil]]", "0 ok txn [[:r 1 [7]]]");
  }

  @Test
  void whatIsNotReadIsUnknown() {
    assertThat(
            checker
                .check(Histories.of("0 invoke txn [[:append 1 1]]", "0 ok txn [[:append 1 1]]"))
                .validity())
        .isEqualTo(Validity.UNKNOWN);
  }

  /** The append that failed had no effect, so what was read is that of the other one. */
  @Test
  void elementOfAFailedAppendMayBeThatOfAnother() {
    for (int failed = 0; failed < 2; failed++) {
      assertThat(
              check(
                  "0 invoke txn [[:append 1 5]]",
                  "0 " + (failed == 0 ? "fail" : "ok") + " txn [[:append 1 5]]",
                  "1 invoke txn [[:append 1 5]]",
                  "1 " + (failed == 1 ? "fail" : "ok") + " txn [[:append 1 5]]",
                  "0 invoke txn [[:r 1 nil]]",
                  "0 ok txn [[:r 1 [5]]]"))
          .isEqualTo(Validity.VALID);
    }
  }

  @Test
  void keyToWhichAnElementIsAppendedTwiceIsUnknown() {
    assertThat(
            check(
                "0 invoke txn [[:append 1 5] [:append 1 6]]",
                "0 ok txn [[:append 1 5] [:append 1 6]]",
                "1 invoke txn [[:append 1 5]]",
                "1 info txn [[:append 1 5]]",
                "0 invoke txn [[:r 1 nil]]",
                "0 ok txn [[:r 1 [5 6 5]]]"))
        .isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void readsThatDoNotShowAListAreUnknown() {
    for (String read : List.of("nil", "[[:r 1 7]]", "[[:w 1 7]]", "[[:r]]", "[]", "7")) {
      assertThat(
              check(
                  "0 invoke txn [[:append 1 5]]",
                  "0 ok txn [[:append 1 5]]",
                  "0 invoke txn [[:r 1 nil]]",
                  "0 ok txn [[:r 1 [5]]]",
                  "0 invoke txn [[:r 1 nil]]",
                  "0 ok txn " + read))
          .as(read)
          .isEqualTo(Validity.UNKNOWN);
    }
  }

  /** Each read nothing of the list to which all of them appended: one of them must be the first. */
  @Test
  void hundredsOfAppendsThatNobodyReadHideNothing() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      lines.add(i + " invoke txn [[:r 1 nil] [:append 1 " + i + "]]");
    }
    for (int i = 0; i < 400; i++) {
      lines.add(i + " ok txn [[:r 1 []] [:append 1 " + i + "]]");
    }
    assertThat(check(lines.toArray(new String[0]))).isEqualTo(Validity.INVALID);
  }

  private Validity check(String... lines) {
    return checker.check(Histories.of(lines)).validity();
  }

  private void found(String anomaly, String... lines) {
    Verdict verdict = checker.check(Histories.of(lines));
    assertThat(verdict.validity()).as("%s", verdict).isEqualTo(Validity.INVALID);
    assertThat(((Map<?, ?>) verdict.details().get("wrong")).containsKey(anomaly))
        .as("%s in %s", anomaly, verdict)
        .isTrue();
  }

  /** Some transactions, of which reads were then changed; one reads all at the end. */
  private static History tiny(Random random) {
    ListStore store = new ListStore(2);
    Simulation simulation = new Simulation(random.nextLong(), store, 3).rates(0.2, 0.1);
    List<Op> ops = new ArrayList<>(simulation.run(2 + random.nextInt(4), List.of()).ops());
    if (random.nextInt(3) > 0) {
      for (int i = 0; i < ops.size(); i++) {
        Op op = ops.get(i);
        if (op.type() == OpType.OK && random.nextInt(2) == 0) {
          ops.set(i, op.withValue(changed(random, (List<?>) op.value())));
        }
      }
    }
    return new History(ops);
  }

  private static List<Object> changed(Random random, List<?> txn) {
    List<Object> changed = new ArrayList<>();
    for (Object micro : txn) {
      List<Object> parts = new ArrayList<>((List<?>) micro);
      if (parts.get(2) instanceof List<?> list && !list.isEmpty() && random.nextBoolean()) {
        parts.set(2, List.copyOf(list.subList(0, random.nextInt(list.size()))));
      }
      changed.add(parts);
    }
    return changed;
  }

  /** True if some order of the transactions explains all reads. */
  private static boolean hasOrder(History history) {
    List<Operation> left = new ArrayList<>(history.operations());
    left.removeIf(Operation::isFail);
    return canGoOn(left, new HashMap<>());
  }

  private static boolean canGoOn(List<Operation> left, Map<Object, List<Object>> lists) {
    if (left.stream().noneMatch(Operation::isOk)) {
      return true;
    }
    for (Operation next : left) {
      boolean tooEarly = false;
      for (Operation other : left) {
        tooEarly |= other.end() < next.begin();
      }
      if (tooEarly) {
        continue;
      }
      Map<Object, List<Object>> after = new HashMap<>(lists);
      List<Operation> rest = new ArrayList<>(left);
      rest.remove(next);
      if (explains(next, after) && canGoOn(rest, after)) {
        return true;
      }
    }
    return false;
  }

  private static boolean explains(Operation operation, Map<Object, List<Object>> lists) {
    Object value = operation.isOk() ? operation.result() : operation.argument();
    for (Object micro : (List<?>) value) {
      List<?> parts = (List<?>) micro;
      List<Object> list = lists.getOrDefault(parts.get(1), List.of());
      if (parts.get(0).toString().equals(":append")) {
        List<Object> longer = new ArrayList<>(list);
        longer.add(parts.get(2));
        lists.put(parts.get(1), longer);
      } else if (operation.isOk() && !list.equals(parts.get(2))) {
        return false;
      }
    }
    return true;
  }
}
