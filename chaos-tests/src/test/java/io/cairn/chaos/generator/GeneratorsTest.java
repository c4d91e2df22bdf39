package io.cairn.chaos.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratorsTest {
  private static final Seed SEED = new Seed(7);

  private static Generator numbers(Seed seed) {
    return Generators.calls(seed, (random, n) -> new Call("add", n));
  }

  private static List<Op> begun(int clients, Generator generator) {
    return Simulation.invocations(Simulation.run(clients, generator));
  }

  private static Generator everything(long seed) {
    Seed own = new Seed(seed);
    Generator keys =
        Generators.independent(
            4,
            key ->
                Generators.limit(
                    30,
                    Generators.mix(
                        own.child(key),
                        Generators.calls(own.child("r"), (random, n) -> new Call("read", null)),
                        Generators.calls(
                            own.child("w"),
                            (random, n) -> new Call("write", (long) random.nextInt(5))))));
    Generator faults =
        Generators.sequence(
            Generators.pause(own.child("p"), Duration.ofSeconds(1)),
            Generators.once("start-kill", "n1"),
            Generators.pause(own.child("q"), Duration.ofSeconds(1)),
            Generators.once("stop-kill"));
    return Generators.phases(
        Generators.timeLimit(
            Duration.ofSeconds(5),
            Generators.beside(
                faults, Generators.stagger(own.child("stagger"), Duration.ofMillis(10), keys))),
        Generators.clients(Generators.eachThread(Generators.once("read"))));
  }

  @Test
  void oneSeedGivesOneScheduleAnotherSeedAnother() {
    List<Op> one =
        new Simulation(8, 3, (op, random) -> random.nextInt(9) == 0 ? OpType.INFO : OpType.OK)
            .run(everything(42));
    List<Op> again =
        new Simulation(8, 3, (op, random) -> random.nextInt(9) == 0 ? OpType.INFO : OpType.OK)
            .run(everything(42));
    List<Op> other =
        new Simulation(8, 3, (op, random) -> random.nextInt(9) == 0 ? OpType.INFO : OpType.OK)
            .run(everything(43));
    assertThat(one).hasSizeGreaterThan(500).isEqualTo(again);
    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void aThreadDoesOneThingAtATime() {
    Set<Long> busy = new HashSet<>();
    for (Op op : Simulation.run(8, everything(11))) {
      if (op.type() == OpType.INVOKE) {
        assertThat(busy.add(op.process())).as("%s", op).isTrue();
      } else {
        assertThat(busy.remove(op.process())).as("%s", op).isTrue();
      }
    }
  }

  @Test
  void limitStopsAfterSoManyCalls() {
    assertThat(begun(3, Generators.clients(Generators.limit(17, numbers(SEED)))))
        .extracting(Op::value)
        .hasSize(17)
        .endsWith(16L);
  }

  @Test
  void staggerHoldsItsMeanRate() {
    List<Op> ops =
        begun(
            10,
            Generators.clients(
                Generators.timeLimit(
                    Duration.ofSeconds(20),
                    Generators.stagger(SEED, Duration.ofMillis(10), numbers(SEED)))));
    assertThat(ops.size()).isBetween(1_800, 2_200);
  }

  @Test
  void timeLimitCountsFromItsFirstQuestion() {
    Generator late =
        Generators.sequence(
            Generators.pause(SEED, Duration.ofSeconds(10)),
            Generators.timeLimit(
                Duration.ofSeconds(1),
                Generators.stagger(SEED, Duration.ofMillis(50), numbers(SEED))));
    List<Op> ops = begun(2, Generators.clients(late));
    long first = ops.get(0).timeNanos();
    assertThat(first).isGreaterThanOrEqualTo(5_000_000_000L);
    assertThat(ops.get(ops.size() - 1).timeNanos() - first).isBetween(500_000_000L, 1_000_000_000L);
  }

  @Test
  void aPhaseBeginsWhenAllThreadsAreFree() {
    List<Op> ops =
        Simulation.run(
            5,
            Generators.phases(
                Generators.clients(Generators.limit(20, numbers(SEED))),
                Generators.clients(Generators.once("last"))));
    Op last = ops.get(ops.size() - 2);
    assertThat(last.f()).isEqualTo("last");
    assertThat(ops.subList(0, ops.size() - 2)).hasSize(40);
  }

  @Test
  void eachThreadGetsItsOwn() {
    List<Op> ops =
        begun(4, Generators.clients(Generators.eachThread(Generators.limit(3, numbers(SEED)))));
    Map<Long, Integer> counts = new HashMap<>();
    ops.forEach(op -> counts.merge(op.process(), 1, Integer::sum));
    assertThat(counts).isEqualTo(Map.of(0L, 3, 1L, 3, 2L, 3, 3L, 3));
  }

  @Test
  void reserveKeepsThreadsApart() {
    List<Op> ops =
        begun(
            5,
            Generators.reserve(
                2,
                Generators.limit(20, Generators.calls(SEED, (random, n) -> new Call("write", n))),
                Generators.limit(
                    20, Generators.calls(SEED, (random, n) -> new Call("read", null)))));
    assertThat(ops).hasSize(40);
    assertThat(ops).allMatch(op -> op.f().equals("write") == op.process() < 2);
  }

  @Test
  void untilOkGoesOnAfterFailures() {
    Generator reads =
        Generators.untilOk(Generators.calls(SEED, (random, n) -> new Call("read", null)));
    List<Op> ops =
        new Simulation(1, 5, (op, random) -> op.index() < 8 ? OpType.FAIL : OpType.OK)
            .run(Generators.clients(reads));
    assertThat(ops).extracting(Op::type).containsOnlyOnce(OpType.OK).endsWith(OpType.OK);
    assertThat(ops).hasSize(10);
  }

  private static Generator untilOkBy(int threads, String... names) {
    List<Call> calls = Arrays.stream(names).map(name -> new Call(name, null)).toList();
    Map<Integer, List<Call>> byThread = new HashMap<>();
    for (int thread = 0; thread < threads; thread++) {
      byThread.put(thread, calls);
    }
    return Generators.clients(
        Generators.eachUntilOk(byThread, Duration.ofMillis(100), Duration.ofSeconds(1)));
  }

  @Test
  void eachThreadTriesUntilItsOwnCallWasOk() {
    List<Op> ops =
        new Simulation(3, 5, (op, random) -> op.process() % 3 == 0 ? OpType.INFO : late(op))
            .run(untilOkBy(3, "read"));
    assertThat(ops.stream().filter(op -> op.type() == OpType.OK).map(Op::process).toList())
        .containsExactlyInAnyOrder(1L, 2L);
    // A second of tries, 100 ms and what each takes apart, then no more.
    assertThat(ops.stream().filter(op -> op.type() == OpType.INFO).map(Op::process).toList())
        .startsWith(0L, 3L, 6L)
        .hasSizeBetween(9, 11);
  }

  @Test
  void aCallThatIsNeverOkKeepsNoOtherFromItsTurn() {
    List<Op> ops =
        new Simulation(1, 5, (op, random) -> op.f().equals("b") ? OpType.FAIL : OpType.OK)
            .run(untilOkBy(1, "a", "b", "c", "d"));
    assertThat(Simulation.invocations(ops))
        .extracting(Op::f)
        .startsWith("a", "b", "c", "d", "b", "b")
        .containsOnlyOnce("a", "c", "d");
  }

  private static OpType late(Op op) {
    return op.index() < 6 ? OpType.FAIL : OpType.OK;
  }

  @Test
  void flipFlopTakesTurnsUntilOneIsAtItsEnd() {
    List<Op> ops =
        begun(
            1,
            Generators.clients(
                Generators.flipFlop(
                    Generators.calls(SEED, (random, n) -> new Call("start", null)),
                    Generators.limit(
                        2, Generators.calls(SEED, (random, n) -> new Call("stop", null))))));
    assertThat(ops).extracting(Op::f).containsExactly("start", "stop", "start", "stop", "start");
  }

  @Test
  void aMixUsesAllOfItsParts() {
    List<Op> ops =
        begun(
            2,
            Generators.clients(
                Generators.limit(
                    300,
                    Generators.mix(
                        SEED,
                        Generators.calls(SEED, (random, n) -> new Call("a", null)),
                        Generators.calls(SEED, (random, n) -> new Call("b", null)),
                        Generators.limit(
                            5, Generators.calls(SEED, (random, n) -> new Call("c", null)))))));
    assertThat(ops).filteredOn(op -> op.f().equals("a")).hasSizeBetween(110, 190);
    assertThat(ops).filteredOn(op -> op.f().equals("b")).hasSizeBetween(110, 190);
    assertThat(ops).filteredOn(op -> op.f().equals("c")).hasSize(5);
  }

  @Test
  void independentKeysHaveTheirThreadsAndFollowEachOther() {
    Generator keys =
        Generators.independent(5, key -> Generators.limit(20, numbers(SEED.child(key))));
    List<Op> ops = begun(10, Generators.clients(Generators.limit(200, keys)));
    Map<Object, Set<Long>> byKey = new HashMap<>();
    Map<Object, Integer> counts = new HashMap<>();
    for (Op op : ops) {
      Object key = ((List<?>) op.value()).get(0);
      byKey.computeIfAbsent(key, fresh -> new HashSet<>()).add(op.process());
      counts.merge(key, 1, Integer::sum);
    }
    assertThat(counts.size()).isBetween(10, 11);
    assertThat(byKey.values()).allMatch(processes -> processes.size() <= 5);
    assertThat(counts.values()).allMatch(count -> count <= 20);
  }

  @Test
  void afterAnUnknownOutcomeTheProcessIsANewOne() {
    List<Op> ops =
        new Simulation(2, 5, (op, random) -> op.index() == 0 ? OpType.INFO : OpType.OK)
            .run(Generators.clients(Generators.limit(20, numbers(SEED))));
    long first = ops.get(0).process();
    assertThat(ops).filteredOn(op -> op.process() == first).hasSize(2);
    assertThat(ops).anyMatch(op -> op.process() == first + 2);
  }
}
