package io.cairn.core.job.recovery;

import static io.cairn.core.job.recovery.JobStore.fail;
import static io.cairn.core.job.recovery.JobStore.fault;
import static io.cairn.core.job.recovery.JobStore.rule;
import static io.cairn.core.job.recovery.JobStore.spec;
import static io.cairn.core.job.recovery.JobStore.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.v1.TaskRecovery;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPlan;
import io.cairn.protocol.v1.RetryPolicy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
  private static final JobSpec MOVING =
      spec(rule(step(RecoveryAction.MOVE_NODE, 100), fail()).build());

  @TempDir Path folder;

  @Test
  void faultSaysWhatWasDecided() {
    try (JobStore store = new JobStore(folder, JobStore.defaults())) {
      store.happens(fault("X"));
      Fault kept = store.task().getFault();
      assertThat(kept.getAction()).isEqualTo("RESUME");
      assertThat(kept.getPauseMillis()).isBetween(200L, 240L);
      assertThat(store.task().getStats().getFaults()).isEqualTo(1);
      assertThat(store.task().hasPlan()).isFalse();
    }
  }

  @Test
  void newestThreeNodesAreAvoided() {
    try (JobStore store = new JobStore(folder, MOVING)) {
      for (String node : new String[] {"a", "b", "c", "b", "d"}) {
        store.task().getJobBuilder().setNode(node);
        store.happens(fault("X"));
      }
      assertThat(store.task().getJob().getAvoidedNodesList()).containsExactly("c", "b", "d");
      FaultPlace elsewhere = FaultPlace.newBuilder().setNode("e").build();
      store.happens(fault("X").toBuilder().setPlace(elsewhere).build());
      assertThat(store.task().getJob().getAvoidedNodesList()).containsExactly("b", "d", "e");
    }
  }

  @Test
  void nodeIsNotAvoidedByOtherSteps() {
    try (JobStore store = new JobStore(folder, JobStore.defaults())) {
      store.happens(fault("X"));
      assertThat(store.task().getJob().getAvoidedNodesList()).isEmpty();
    }
  }

  @Test
  void pausesStartAnewWithEachNewCheckpoint() {
    JobSpec spec =
        MOVING.toBuilder()
            .setRetry(
                RetryPolicy.newBuilder()
                    .setBackoffFirstMillis(10)
                    .setBackoffMaxMillis(1_000)
                    .setBackoffPercent(200))
            .build();
    try (JobStore store = new JobStore(folder, spec)) {
      assertThat(store.happens(fault("X")).pauseMillis()).isEqualTo(10);
      assertThat(store.happens(fault("X")).pauseMillis()).isEqualTo(20);
      store.task().setCheckpointSeq(0);
      assertThat(store.happens(fault("X")).pauseMillis()).isEqualTo(10);
      assertThat(store.happens(fault("X")).pauseMillis()).isEqualTo(20);
      store.task().setCheckpointSeq(5);
      assertThat(store.happens(fault("X")).pauseMillis()).isEqualTo(10);
    }
  }

  @Test
  void restartPlansToLeaveEverythingOut() {
    JobSpec spec = spec(rule(step(RecoveryAction.RESTART, 1), fail()).build());
    try (JobStore store = new JobStore(folder, spec)) {
      store.task().setLastLsn(9);
      store.happens(fault("X"));
      RecoveryPlan plan = store.task().getPlan();
      assertThat(plan.getCheckpointSeq()).isEqualTo(-1);
      assertThat(plan.getSkipFromLsn()).isEqualTo(1);
      assertThat(plan.getSkipToLsn()).isEqualTo(9);
      assertThat(plan.getFromLsn()).isEqualTo(10);
      store.happens(fault("X"));
      assertThat(store.task().getPlan()).as("stays until a checkpoint").isEqualTo(plan);
    }
  }

  @Test
  void renewedTaskHasItsPolicyBeforeItAndKeepsItemsAndPlan() {
    try (JobStore store = new JobStore(folder, MOVING)) {
      store.happens(fault("X"));
      store.row().getRecoveryBuilder().setItems(2);
      RecoveryPlan plan = RecoveryPlan.newBuilder().setSkipToLsn(4).build();
      store.task().setPlan(plan);
      Recovery.renew(store.row());
      assertThat(store.row().getRecovery())
          .isEqualTo(TaskRecovery.newBuilder().setItems(2).build());
      assertThat(store.task().getJob().getAvoidedNodesList()).isEmpty();
      assertThat(store.task().getPlan()).isEqualTo(plan);
    }
  }
}
