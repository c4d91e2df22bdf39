package io.cairn.core.job.recovery;

import static io.cairn.core.job.recovery.JobStore.atItem;
import static io.cairn.core.job.recovery.JobStore.fail;
import static io.cairn.core.job.recovery.JobStore.fault;
import static io.cairn.core.job.recovery.JobStore.rule;
import static io.cairn.core.job.recovery.JobStore.spec;
import static io.cairn.core.job.recovery.JobStore.step;
import static io.cairn.protocol.v1.RecoveryAction.FAIL;
import static io.cairn.protocol.v1.RecoveryAction.MOVE_NODE;
import static io.cairn.protocol.v1.RecoveryAction.REPLAY_LOG;
import static io.cairn.protocol.v1.RecoveryAction.RESTART;
import static io.cairn.protocol.v1.RecoveryAction.RESUME;
import static io.cairn.protocol.v1.RecoveryAction.ROLLBACK;
import static io.cairn.protocol.v1.RecoveryAction.SKIP_ITEM;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each type of fault, at each kind of place, through all steps of the policy. */
class RecoveryPoliciesTest {
  private static final String OTHER = "java.io.IOException";

  @TempDir Path folder;

  static Stream<Arguments> faultsOfAllTypesAndPlaces() {
    List<String> types =
        List.of(
            FaultTypes.PROCESS_LOST,
            FaultTypes.NODE_LOST,
            FaultTypes.NETWORK,
            FaultTypes.DISK_FULL,
            FaultTypes.OUT_OF_MEMORY,
            FaultTypes.TASK_ERROR,
            FaultTypes.POISON_ITEM,
            FaultTypes.CORRUPTION,
            FaultTypes.TIMEOUT,
            FaultTypes.RESULT_MISMATCH,
            FaultTypes.CANCELLED,
            OTHER);
    List<Arguments> all = new ArrayList<>();
    for (String type : types) {
      for (FaultPlace.Kind kind : FaultPlace.Kind.values()) {
        if (kind != FaultPlace.Kind.UNRECOGNIZED) {
          all.add(Arguments.of(type, kind));
        }
      }
    }
    return all.stream();
  }

  /** What the defaults say, until nothing is left. */
  private static List<RecoveryAction> expected(String type, FaultPlace.Kind kind) {
    return switch (type) {
      case FaultTypes.PROCESS_LOST, FaultTypes.NODE_LOST, FaultTypes.NETWORK ->
          steps(times(1_000, RESUME));
      case FaultTypes.DISK_FULL, FaultTypes.OUT_OF_MEMORY -> steps(times(10, MOVE_NODE));
      case FaultTypes.TIMEOUT -> steps(times(3, MOVE_NODE));
      case FaultTypes.CORRUPTION -> steps(List.of(ROLLBACK, RESTART));
      case FaultTypes.RESULT_MISMATCH -> steps(List.of(RESTART));
      case FaultTypes.CANCELLED -> steps(List.of());
      case FaultTypes.POISON_ITEM ->
          kind == FaultPlace.Kind.ITEM
              ? steps(times(2 + 100, SKIP_ITEM)) // the same item: from its third failure on
              : steps(times(3, RESUME));
      default -> steps(times(3, RESUME));
    };
  }

  @ParameterizedTest
  @MethodSource("faultsOfAllTypesAndPlaces")
  void defaultStepsAreUsedUpOneAfterTheOther(String type, FaultPlace.Kind kind) {
    Fault fault = fault(type, kind);
    assertThat(FaultPlaces.kind(fault.getPlace())).isEqualTo(kind);
    List<RecoveryAction> expected = expected(type, kind);
    List<RecoveryAction> found = new ArrayList<>();
    try (JobStore store = new JobStore(folder, JobStore.defaults())) {
      for (int i = 0; i < expected.size(); i++) {
        found.add(store.happens(fault).action());
      }
      assertThat(store.row().getRecovery().getFaults()).isEqualTo(expected.size());
    }
    assertThat(found).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("faultsOfAllTypesAndPlaces")
  void whatCannotBeTriedAgainEndsUnlessItsTypeIsNamed(String type, FaultPlace.Kind kind) {
    Fault fault = fault(type, kind).toBuilder().setRetryable(false).build();
    boolean named =
        !List.of(FaultTypes.TASK_ERROR, OTHER).contains(type)
            && (!type.equals(FaultTypes.POISON_ITEM) || kind == FaultPlace.Kind.ITEM);
    try (JobStore store = new JobStore(folder, JobStore.defaults())) {
      Decision decision = store.decide(fault);
      assertThat(decision.action()).isEqualTo(named ? expected(type, kind).get(0) : FAIL);
      assertThat(decision.use().rule() >= 0).as(decision.reason()).isEqualTo(named);
    }
  }

  @Test
  void mostExactPlaceChoosesTheRule() {
    Map<FaultPlace.Kind, Integer> ruleOf = new TreeMap<>();
    JobSpec.Builder spec = spec().toBuilder();
    for (FaultPlace.Kind kind :
        List.of(
            FaultPlace.Kind.ITEM,
            FaultPlace.Kind.PATH,
            FaultPlace.Kind.PARTITION,
            FaultPlace.Kind.WORKER,
            FaultPlace.Kind.NODE)) {
      ruleOf.put(kind, spec.getRecovery().getRulesCount());
      spec.getRecoveryBuilder().addRules(rule(step(RESUME, 1), fail()).addPlaces(kind));
    }
    try (JobStore store = new JobStore(folder, spec.build())) {
      ruleOf.forEach(
          (kind, rule) -> {
            assertThat(store.happens(fault("X", kind)).use())
                .isEqualTo(new Decision.Use(rule, 0, 0, 1));
            assertThat(store.decide(fault("X", kind)).use())
                .isEqualTo(new Decision.Use(rule, 1, 0, 1));
          });
      Decision nowhere = store.decide(fault("X"));
      assertThat(nowhere.action()).isEqualTo(FAIL);
      assertThat(nowhere.use()).isEqualTo(Decision.Use.NONE);
      assertThat(store.row().getRecovery().getUsedList()).containsExactly(1, 1, 1, 1, 1);
    }
  }

  @Test
  void firstRuleThatFitsDecidesAndEachIsUsedUpForItself() {
    JobSpec spec =
        spec(
            rule(step(RESUME, 2), step(REPLAY_LOG, 1), fail()).addFaultTypes("A").build(),
            rule(step(MOVE_NODE, 1), fail()).addFaultTypes("A").addFaultTypes("B").build(),
            rule(step(RESTART, 1), fail()).build());
    try (JobStore store = new JobStore(folder, spec)) {
      List<String> seen = new ArrayList<>();
      for (String type : List.of("A", "B", "C", "A", "A", "B", "C", "A")) {
        Decision decision = store.happens(fault(type));
        seen.add(type + decision.use().rule() + decision.action());
      }
      assertThat(seen)
          .containsExactly(
              "A0RESUME",
              "B1MOVE_NODE",
              "C2RESTART",
              "A0RESUME",
              "A0REPLAY_LOG",
              "B1FAIL",
              "C2FAIL",
              "A0FAIL");
    }
  }

  @Test
  void attemptsAtMostCountOverAllRules() {
    JobSpec.Builder spec = JobStore.defaults().toBuilder();
    spec.getRetryBuilder().setAttemptsMax(3);
    try (JobStore store = new JobStore(folder, spec.build())) {
      assertThat(store.happens(fault(FaultTypes.NETWORK)).ends()).isFalse();
      assertThat(store.happens(fault(FaultTypes.TIMEOUT)).ends()).isFalse();
      Decision last = store.decide(fault(FaultTypes.NETWORK));
      assertThat(last.ends()).isTrue();
      assertThat(last.reason()).contains("fault 3 of at most 3");
    }
  }

  @Test
  void itemsGoToQuarantineOneByOneUntilNoMoreMay() {
    RecoveryStep skip = step(SKIP_ITEM, 2).toBuilder().setItemFailures(2).build();
    try (JobStore store =
        new JobStore(folder, spec(rule(skip, step(RESTART, 1), fail()).build()))) {
      List<String> seen = new ArrayList<>();
      for (String item : List.of("a", "b", "b", "c", "a", "c", "c")) {
        Decision decision = store.happens(atItem("X", item));
        seen.add(
            item
                + decision.action()
                + decision.item().map(i -> i.failures() + (i.quarantined() ? "!" : "")).orElse(""));
      }
      assertThat(seen)
          .containsExactly(
              "aSKIP_ITEM1",
              "bSKIP_ITEM1",
              "bSKIP_ITEM2!",
              "cSKIP_ITEM1",
              "aSKIP_ITEM2!",
              "cRESTART",
              "cFAIL");
      assertThat(store.row().getRecovery().getItems()).isEqualTo(3);
      Quarantine.Skipped skipped = Quarantine.skipped(store.rows(), JobStore.TASK, 100);
      assertThat(skipped.items()).extracting(item -> item.toStringUtf8()).containsExactly("a", "b");
      assertThat(skipped.more()).isFalse();
      assertThat(Quarantine.skipped(store.rows(), JobStore.TASK, 1).more()).isTrue();
    }
  }

  @Test
  void itemThatIsNotLeftOutAfterAllUsesTheStepUp() {
    RecoveryStep skip = step(SKIP_ITEM, 3).toBuilder().setItemFailures(1).build();
    try (JobStore store = new JobStore(folder, spec(rule(skip, fail()).build()))) {
      for (int i = 0; i < 3; i++) {
        assertThat(store.happens(atItem("X", "a")).action()).isEqualTo(SKIP_ITEM);
      }
      assertThat(store.happens(atItem("X", "a")).action()).isEqualTo(FAIL);
    }
  }

  @Test
  void ruleAtAStepForItemsLeavesOtherFaultsToTheNextRule() {
    RecoveryStep skip = step(SKIP_ITEM, 1).toBuilder().setItemFailures(1).build();
    JobSpec spec =
        spec(rule(skip, step(RESTART, 1), fail()).build(), rule(step(RESUME, 9), fail()).build());
    try (JobStore store = new JobStore(folder, spec)) {
      assertThat(store.happens(fault("X")).action()).isEqualTo(RESUME);
      assertThat(store.happens(atItem("X", "a")).action()).isEqualTo(SKIP_ITEM);
      assertThat(store.happens(fault("X")).action()).isEqualTo(RESTART);
    }
  }

  private static List<RecoveryAction> times(int times, RecoveryAction action) {
    return Collections.nCopies(times, action);
  }

  /** And nothing but FAIL behind them. */
  private static List<RecoveryAction> steps(List<RecoveryAction> steps) {
    List<RecoveryAction> all = new ArrayList<>(steps);
    all.add(FAIL);
    all.add(FAIL);
    return all;
  }
}
