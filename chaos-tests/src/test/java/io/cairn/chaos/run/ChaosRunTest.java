package io.cairn.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChaosRunTest {
  private static RunOptions options(int seconds, long seed) {
    return new RunOptions(
        "fake",
        List.of("counted"),
        2,
        Duration.ofSeconds(seconds),
        4,
        400,
        Duration.ofSeconds(1),
        seed,
        Path.of("out"));
  }

  private static ChaosRun run(FakeStore store, FakeStore.Counted fault, int seconds) {
    return new ChaosRun(
        options(seconds, 7),
        store,
        history -> new Verdict(Validity.VALID, Map.of()),
        store,
        List.of(fault));
  }

  @Test
  void aRunGoesThroughItsPhases() throws Exception {
    FakeStore store = new FakeStore();
    FakeStore.Counted fault = new FakeStore.Counted();
    ChaosRun.Result result = run(store, fault, 3).run();
    assertThat(result.verdict().validity()).as("%s", result.verdict()).isEqualTo(Validity.VALID);
    assertThat(store.events)
        .containsExactly("start", "serving", "start", "serving", "kill", "start", "serving");
    assertThat(result.verdict().details())
        .containsOnlyKeys(
            "workload",
            "heal",
            "final",
            "restart",
            "final-after-restart",
            "digests",
            "faults",
            "stats");
    assertThat(fault.plans).isNotEmpty();
  }

  @Test
  void aHistoryIsDenseInOrderAndOneThingAtATime() throws Exception {
    FakeStore store = new FakeStore();
    store.throwEvery = 13;
    List<Op> ops = run(store, new FakeStore.Counted(), 2).run().history().ops();
    Map<Long, String> open = new HashMap<>();
    Set<Long> over = new HashSet<>();
    long last = 0;
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      assertThat(op.index()).isEqualTo(i);
      assertThat(op.timeNanos()).isGreaterThanOrEqualTo(last);
      last = op.timeNanos();
      if (!op.isClient()) {
        continue;
      }
      assertThat(over).doesNotContain(op.process());
      if (op.type() == OpType.INVOKE) {
        assertThat(open.put(op.process(), op.f())).isNull();
      } else {
        assertThat(open.remove(op.process())).isEqualTo(op.f());
        if (op.type() == OpType.INFO) {
          over.add(op.process());
        } else if (op.f().equals("read")) {
          assertThat(op.value()).isNotNull();
        }
      }
    }
    assertThat(open).isEmpty();
    assertThat(over).isNotEmpty();
    // Each is the next one of a process that is over; 0 to 3 come first, 0 once more for set-up.
    assertThat(store.processes.stream().filter(process -> process > 3))
        .isNotEmpty()
        .allMatch(process -> over.contains(process - 4));
  }

  @Test
  void oneSeedPlansTheSameFaults() throws Exception {
    FakeStore.Counted one = new FakeStore.Counted();
    FakeStore.Counted other = new FakeStore.Counted();
    run(new FakeStore(), one, 3).run();
    run(new FakeStore(), other, 3).run();
    int both = Math.min(one.plans.size(), other.plans.size());
    assertThat(both).isPositive();
    assertThat(one.plans.subList(0, both)).isEqualTo(other.plans.subList(0, both));
  }

  @Test
  void aFaultWithoutASignLeavesTheRunUnknown() throws Exception {
    FakeStore store = new FakeStore();
    FakeStore.Counted blunt = new FakeStore.Counted();
    ChaosRun.Result result =
        new ChaosRun(
                new RunOptions(
                    "fake",
                    List.of("counted"),
                    2,
                    Duration.ofSeconds(1),
                    4,
                    100,
                    Duration.ofSeconds(60),
                    1,
                    Path.of("out")),
                store,
                history -> new Verdict(Validity.VALID, Map.of()),
                store,
                List.of(blunt))
            .run();
    assertThat(blunt.plans).isEmpty();
    assertThat(result.verdict().validity()).isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void aSignThatAnotherFaultMayHaveLeftIsNone() throws Exception {
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.weak = Set.of("times");
    ChaosRun.Result result = run(new FakeStore(), fault, 3).run();
    assertThat(fault.plans).isNotEmpty();
    assertThat(part(result, "faults")).isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void aNodeThatNobodyHasReadLeavesTheRunUnknown() throws Exception {
    FakeStore store = new FakeStore();
    store.deafNode = "n2";
    ChaosRun.Result result = run(store, new FakeStore.Counted(), 3).run();
    assertThat(part(result, "final")).isEqualTo(Validity.UNKNOWN);
    assertThat(part(result, "final-after-restart")).isEqualTo(Validity.UNKNOWN);
    assertThat(result.verdict().details().get("final").toString()).contains("[n2]");
  }

  @Test
  void aFaultThatDoesNotEndSaysNothingOfTheServers() throws Exception {
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.endFails = true;
    ChaosRun.Result result = run(new FakeStore(), fault, 3).run();
    assertThat(part(result, "heal")).isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void aRunThatBreaksKeepsItsHistoryAndIsUnknown() throws Exception {
    FakeStore store = new FakeStore();
    store.killBreaks = true;
    ChaosRun.Result result = run(store, new FakeStore.Counted(), 1).run();
    assertThat(part(result, "whole")).isEqualTo(Validity.UNKNOWN);
    assertThat(result.verdict().details().get("whole").toString())
        .contains("restart of all broke", "no kill");
    assertThat(result.history().operations()).isNotEmpty();
  }

  @Test
  void digestsAreComparedOnlyIfEveryNodeTellsOne() throws Exception {
    assertThat(digests(Map.of("n1", "a", "n2", "b"))).isEqualTo(Validity.INVALID);
    assertThat(digests(Map.of("n1", "a", "n2", ""))).isEqualTo(Validity.UNKNOWN);
    assertThat(digests(Map.of("n1", "", "n2", ""))).isEqualTo(Validity.UNKNOWN);
    assertThat(digests(Map.of("n1", "a"))).isEqualTo(Validity.UNKNOWN);
  }

  private static Validity digests(Map<String, String> digests) throws InterruptedException {
    FakeStore store = new FakeStore();
    store.digests = digests;
    return part(run(store, new FakeStore.Counted(), 1).run(), "digests");
  }

  private static Validity part(ChaosRun.Result result, String name) {
    return ((Verdict) result.verdict().details().get(name)).validity();
  }

  @Test
  void aRunThatIsStoppedEndsWhatIsUnderWay() throws Exception {
    FakeStore store = new FakeStore();
    store.hangs = true;
    ChaosRun run = run(store, new FakeStore.Counted(), 600);
    AtomicReference<ChaosRun.Result> result = new AtomicReference<>();
    List<Throwable> thrown = new ArrayList<>();
    Thread runner =
        new Thread(
            () -> {
              try {
                result.set(run.run());
              } catch (InterruptedException | RuntimeException e) {
                thrown.add(e);
              }
            });
    runner.start();
    assertThat(store.hanging.await(20, TimeUnit.SECONDS)).isTrue();
    run.stop();
    runner.join(20_000);
    assertThat(thrown).isEmpty();
    assertThat(result.get().verdict().validity()).isEqualTo(Validity.UNKNOWN);
    assertThat(result.get().verdict().details()).containsKey("whole");
  }
}
