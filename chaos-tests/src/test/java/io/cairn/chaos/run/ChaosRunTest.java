package io.cairn.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.workload.Workload;
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
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
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

  static ChaosRun run(FakeStore store, FakeStore.Counted fault, int seconds) {
    return new ChaosRun(
        options(seconds, 7),
        store,
        history -> new Verdict(Validity.VALID, Map.of()),
        store,
        List.of(fault),
        Duration.ofSeconds(1));
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
            "exits",
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
    fault.sign = "something-else";
    ChaosRun.Result result = run(new FakeStore(), fault, 3).run();
    assertThat(fault.plans).isNotEmpty();
    assertThat(part(result, "faults")).isEqualTo(Validity.UNKNOWN);
    assertThat(result.verdict().details().get("faults").toString())
        .contains("another or something-else");
  }

  @Test
  void aNodeWithoutAClientIsNotRead() throws Exception {
    FakeStore store = new FakeStore();
    RunOptions one =
        new RunOptions(
            "fake",
            List.of("counted"),
            2,
            Duration.ofSeconds(1),
            1,
            100,
            Duration.ofSeconds(1),
            1,
            Path.of("out"));
    ChaosRun.Result result =
        new ChaosRun(
                one,
                store,
                history -> new Verdict(Validity.VALID, Map.of()),
                store,
                List.of(new FakeStore.Counted()))
            .run();
    assertThat(part(result, "final")).isEqualTo(Validity.UNKNOWN);
    assertThat(result.verdict().details().get("final").toString()).contains("[n2]");
  }

  @Test
  void theReadsAtTheEndAreMarkedForTheClientsOwnNode() throws Exception {
    List<Op> ops = run(new FakeStore(), new FakeStore.Counted(), 1).run().history().ops();
    long healed =
        ops.stream().filter(op -> op.f().equals("heal")).findFirst().orElseThrow().index();
    for (Op op : ops) {
      if (op.isClient() && op.type() == OpType.INVOKE) {
        assertThat(op.extras().containsKey(Workload.FINAL)).isEqualTo(op.index() > healed);
      }
    }
  }

  @Test
  void whatFailsAfterAnInterruptIsNoVerdictOnTheServers() throws Exception {
    FakeStore store = new FakeStore();
    ChaosRun run = run(store, new FakeStore.Counted(), 1);
    store.onKill =
        () -> {
          run.stop(); // Ctrl-C; then the servers are taken away
          store.neverServesAgain = true;
        };
    ChaosRun.Result result = run.run();
    assertThat(part(result, "restart")).isEqualTo(Validity.UNKNOWN);
    assertThat(result.verdict().validity()).isEqualTo(Validity.UNKNOWN);
    assertThat(result.verdict().details()).doesNotContainKeys("final-after-restart", "digests");
  }

  @Test
  void serversThatDoNotServeAgainAreAVerdictWithoutAnInterrupt() throws Exception {
    FakeStore store = new FakeStore();
    store.onKill = () -> store.neverServesAgain = true;
    ChaosRun.Result result = run(store, new FakeStore.Counted(), 1).run();
    assertThat(part(result, "restart")).isEqualTo(Validity.INVALID);
  }

  /** The end of the fault waits, and the servers take that long: it counts. */
  @Test
  void healingIsCountedFromWhenTheCauseWasTakenAway() throws Exception {
    FakeStore store = new FakeStore();
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.onEnd =
        () -> {
          store.serving = Set.of("n1");
          long before = store.looks.get();
          Pause.until(5_000, () -> store.looks.get() > before + 3);
          store.serving = Set.of("n1", "n2");
        };
    assertThat(heal(store, fault).get("serving-ms"))
        .asInstanceOf(InstanceOfAssertFactories.LONG)
        .isGreaterThanOrEqualTo(100);
  }

  /** It began to end while clients were still at work, which is no head start. */
  @Test
  void anEndThatOutlastsTheFaultsCountsFromItsBeginning() throws Exception {
    FakeStore store = new FakeStore();
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.endsOnce = true; // the end after it finds nothing to end
    fault.onEnd =
        () -> {
          store.serving = Set.of("n1");
          long before = store.looks.get();
          Pause.until(20_000, () -> store.looks.get() > before + 40); // longer than the faults
          store.serving = Set.of("n1", "n2");
        };
    Map<String, Object> heal =
        ((Verdict) run(store, fault, 3).run().verdict().details().get("heal")).details();
    assertThat(heal.get("serving-ms"))
        .asInstanceOf(InstanceOfAssertFactories.LONG)
        .isGreaterThanOrEqualTo(1_000);
  }

  @Test
  void aNodeThatIsReplacedByHandIsToldAndDoesNotCount() throws Exception {
    FakeStore store = new FakeStore();
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.byHand("n2");
    fault.onEnd =
        () -> {
          store.serving = Set.of("n1");
          long before = store.looks.get();
          Pause.until(5_000, () -> store.looks.get() > before + 3);
          store.serving = Set.of("n1", "n2");
        };
    Map<String, Object> heal = heal(store, fault);
    assertThat(heal.get("replaced-by-hand-ms").toString()).contains("n2=");
    assertThat(heal.get("serving-ms")).isEqualTo(0L);
  }

  private static Map<String, Object> heal(FakeStore store, FakeStore.Counted fault)
      throws InterruptedException {
    ChaosRun.Result result = run(store, fault, 1).run();
    return ((Verdict) result.verdict().details().get("heal")).details();
  }

  @Test
  void anErrorInAClientOrAFaultEndsTheRunAsUnknown() throws Exception {
    FakeStore broken = new FakeStore();
    broken.throwsErrors = true;
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.beginBreaks = true;
    for (ChaosRun run :
        List.of(run(broken, new FakeStore.Counted(), 600), run(new FakeStore(), fault, 600))) {
      ChaosRun.Result result = run.run();
      assertThat(part(result, "whole")).isEqualTo(Validity.UNKNOWN);
      assertThat(result.verdict().details().get("whole").toString())
          .contains("faults broke", "thrown on purpose");
    }
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
