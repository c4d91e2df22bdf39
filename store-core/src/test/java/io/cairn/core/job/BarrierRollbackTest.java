package io.cairn.core.job;

import static io.cairn.core.job.BarrierStore.section;
import static io.cairn.core.job.BarrierStore.spec;
import static io.cairn.core.job.JobStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPolicy;
import io.cairn.protocol.v1.RecoveryRule;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.StageStatus;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Faults in a job whose tasks are saved together take all of them back. */
class BarrierRollbackTest extends OnBarrierStore {
  @Test
  void aFaultTakesAllTasksBackToTheNewestSet() {
    barriers.running(3);
    barriers.append("j/s/1", "in the set");
    barriers.take("");
    barriers.append("j/s/1", "behind it");
    barriers.append("j/s/2", "behind it");
    long old = store.task("j/s/1").getEpoch();
    store.fail("j/s/0", true);
    assertThat(store.eventKinds())
        .containsSubsequence("FAILED j/s/0", "LOST j/s/1", "LOST j/s/2", "CLAIMED j/s/1");
    assertThat(store.job("j").getGeneration()).isEqualTo(1);
    refused(ErrorCode.FENCED, () -> store.complete("j/s/1", old));
    assertThat(store.live("j")).hasSize(3);
    barriers.startAll();
    assertThat(store.start("j/s/0").getGeneration()).isEqualTo(1);
    for (String task : store.live("j")) {
      TaskRecoverResponse recovery = barriers.recover(task);
      assertThat(recovery.getCheckpoint().getBarrier()).isEqualTo(1);
      assertThat(recovery.getCheckpoint().getSections(0).getDigest())
          .isEqualTo(section(task).getDigest());
      assertThat(recovery.getRecordsList()).isEmpty();
    }
    barriers.append("j/s/1", "done again");
    assertThat(barriers.recover("j/s/1").getRecordsList())
        .extracting(LogRecord::getLsn)
        .containsExactly(3L);
    assertThat(barriers.take("").getPhase()).isEqualTo(Barrier.Phase.COMMITTED);
    assertThat(barriers.recover("j/s/1").getCheckpoint().getBarrier()).isEqualTo(2);
    assertThat(barriers.recover("j/s/1").getRecordsList()).isEmpty();
  }

  @Test
  void beforeTheFirstSetAllGoBackToWhereTheyBegan() {
    barriers.running(2);
    barriers.save("j/s/0", 0, "first");
    barriers.append("j/s/0", "a");
    barriers.append("j/s/1", "a");
    store.fail("j/s/1", true);
    TaskRecoverResponse first = barriers.recover("j/s/0");
    assertThat(first.getCheckpoint().getSeq()).isZero();
    assertThat(first.getRecordsList()).isEmpty();
    assertThat(barriers.recover("j/s/1").hasCheckpoint()).isFalse();
    assertThat(barriers.recover("j/s/1").getRecordsList()).isEmpty();
  }

  @Test
  void aTaskThatHadSucceededIsOpenedAgain() {
    barriers.running(3);
    barriers.take("");
    long epoch = store.task("j/s/0").getEpoch();
    store.complete("j/s/0");
    assertThat(store.task("j/s/0").getHasResult()).isTrue();
    store.fail("j/s/1", true);
    assertThat(store.eventKinds()).contains("ROLLED_BACK j/s/0", "CLAIMED j/s/0");
    Task reopened = store.task("j/s/0");
    assertThat(reopened.getState()).isEqualTo(TaskState.CLAIMED);
    assertThat(reopened.getHasResult()).isFalse();
    assertThat(reopened.getResult().isEmpty()).isTrue();
    refused(ErrorCode.FENCED, () -> store.complete("j/s/0", epoch));
    StageStatus stage = store.job("j").getStages(0);
    assertThat(stage.getSucceeded()).isZero();
    assertThat(stage.getRunning() + stage.getPending()).isEqualTo(3);
    store.advance(1_000);
    List.copyOf(store.live("j")).forEach(store::finish);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void theLossOfAWorkerIsOneStepBackForAllItsTasks() {
    Worker first = store.register("w1", 2, "h");
    store.register("w2", 2, "h");
    store.submit("j", spec(4).build());
    barriers.startAll();
    barriers.begin();
    store.endLease(first.getLease());
    assertThat(store.job("j").getGeneration()).isEqualTo(1);
    assertThat(store.job("j").getBarrier().getPhase()).isEqualTo(Barrier.Phase.ABORTED);
    assertThat(store.job("j").getStats().getFaults()).isEqualTo(2);
    assertThat(store.live("j")).hasSize(2);
  }

  @Test
  void aTaskThatIsGivenBackTakesAllBackOnlyIfItHasRun() {
    Worker worker = store.register("w", 2, "h");
    store.submit("j", spec(2).build());
    store.release("j/s/1");
    assertThat(store.job("j").getGeneration()).isZero();
    barriers.startAll();
    store.release("j/s/0");
    assertThat(store.job("j").getGeneration()).isEqualTo(1);
    assertThat(store.job("j").getStats().getFaults()).isZero();
    assertThat(store.live("j")).hasSize(2);
    store.run(JobRequests.leave(worker));
    assertThat(store.job("j").getGeneration()).isEqualTo(1);
  }

  @Test
  void aTaskThatWasNotAcknowledgedTakesNobodyBack() {
    store.register("w", 60_000, 2, "h");
    store.submit("j", spec(2).build());
    store.start("j/s/0");
    store.pass(5_000);
    store.expire();
    assertThat(store.job("j").getGeneration()).isZero();
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.RUNNING);
  }

  @Test
  void whateverThePolicySaysItIsTheNewestSetThatAllGoBackTo() {
    RecoveryStep.Builder step = RecoveryStep.newBuilder().setTimes(1);
    JobSpec.Builder spec =
        spec(2)
            .setRecovery(
                RecoveryPolicy.newBuilder()
                    .addRules(
                        RecoveryRule.newBuilder()
                            .addSteps(step.setAction(RecoveryAction.RESTART))
                            .addSteps(step.setAction(RecoveryAction.ROLLBACK).setRollbackBy(2))
                            .addSteps(step.setAction(RecoveryAction.FAIL))));
    store.register("w", 2, "h");
    store.submit("j", spec.build());
    barriers.startAll();
    for (long barrier = 1; barrier <= 2; barrier++) {
      assertThat(barriers.take(" at " + barrier).getNumber()).isEqualTo(barrier);
      barriers.append("j/s/0", "behind");
      store.fail("j/s/0", true);
      barriers.startAll();
      assertThat(barriers.recover("j/s/0").getCheckpoint().getBarrier()).isEqualTo(barrier);
      assertThat(barriers.recover("j/s/1").getCheckpoint().getBarrier()).isEqualTo(barrier);
      assertThat(barriers.recover("j/s/0").getRecordsList()).isEmpty();
    }
    store.fail("j/s/0", true);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(store.job("j").getGeneration()).isEqualTo(2);
  }

  @Test
  void aRetriedJobBeginsAtTheNewestSetWithAllItsTasks() {
    barriers.running(3);
    barriers.take("");
    barriers.append("j/s/2", "behind");
    store.complete("j/s/0");
    store.fail("j/s/1", false);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    store.run(JobRequests.retry("j"));
    assertThat(store.job("j").getGeneration()).isEqualTo(1);
    assertThat(store.live("j")).hasSize(3);
    for (String task : store.live("j")) {
      assertThat(barriers.recover(task).getCheckpoint().getBarrier()).isEqualTo(1);
      assertThat(barriers.recover(task).getRecordsList()).isEmpty();
      store.finish(task);
    }
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void manyLargeTasksGoBackInSeveralStepsAndNoneIsDispatchedBefore() {
    barriers.running(100);
    barriers.take("");
    ByteString large = ByteString.copyFrom(new byte[64 * 1024]);
    for (int i = 0; i < 99; i++) {
      String task = "j/s/" + i;
      TaskCompleteRequest request =
          JobRequests.complete(task, store.task(task).getEpoch()).toBuilder()
              .setResult(large)
              .setResultDigest(Sha256.of(large))
              .build();
      store.apply(context -> store.tasks().complete(context, request));
    }
    int succeeded = store.job("j").getStages(0).getSucceeded();
    assertThat(succeeded).isEqualTo(99);
    store.register("w2", 100, "h");
    store.pass(10);
    store.fail("j/s/99", true);
    store.checkBoard();
    assertThat(store.job("j").getStages(0).getSucceeded()).isBetween(1, 98);
    assertThat(store.live("j")).isEmpty();
    assertThat(store.expire()).isPositive();
    assertThat(store.job("j").getStages(0).getSucceeded()).isZero();
    assertThat(store.job("j").getGeneration()).isEqualTo(1);
    assertThat(store.live("j")).hasSize(100);
  }
}
