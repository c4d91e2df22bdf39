package io.cairn.core.job;

import static io.cairn.core.job.RedundancyRequests.comparing;
import static io.cairn.core.job.RedundancyRequests.decisions;
import static io.cairn.core.job.RedundancyRequests.faults;
import static io.cairn.core.job.RedundancyRequests.field;
import static io.cairn.core.job.RedundancyRequests.fields;
import static io.cairn.core.job.RedundancyRequests.finish;
import static io.cairn.core.job.RedundancyRequests.number;
import static io.cairn.core.job.RedundancyRequests.replicas;
import static io.cairn.core.job.RedundancyRequests.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.StageStatus;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.Verification.Comparison;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several runs of one partition, and what their results decide. */
class ReplicasTest {
  @TempDir Path folder;
  private JobStore store;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
  }

  @AfterEach
  void close() {
    store.checkBoard();
    store.close();
  }

  @Test
  void replicasRunOnDifferentWorkersAndAPartitionCountsOnce() {
    workers(store, 3, 4);
    store.submit("j", replicas(2, 3).build());
    assertThat(store.live("j"))
        .containsExactly("j/s/0", "j/s/0#1", "j/s/0#2", "j/s/1", "j/s/1#1", "j/s/1#2");
    for (int partition = 0; partition < 2; partition++) {
      Set<String> owners = new HashSet<>();
      store.tasksOf("j/s/" + partition).forEach(task -> owners.add(task.getOwner()));
      assertThat(owners).hasSize(3);
    }
    StageStatus stage = store.job("j").getStages(0);
    assertThat(stage.getRunning()).isEqualTo(2);
    assertThat(stage.getPending() + stage.getWaiting()).isZero();
  }

  @Test
  void aReplicaWaitsForAWorkerThatHasNoneOfThePartition() {
    store.register("w1", 4, "h");
    store.submit("j", replicas(2, 2).build());
    assertThat(store.live("j")).containsExactly("j/s/0", "j/s/1");
    store.checkBoard();
    finish(store, "j/s/0", "a");
    assertThat(store.live("j")).as("it has brought a result").containsExactly("j/s/1");
    assertThat(store.job("j").getStages(0).getPending()).isEqualTo(1);
    store.register("w2", 4, "h");
    assertThat(store.live("j")).containsExactly("j/s/0#1", "j/s/1", "j/s/1#1");
  }

  @Test
  void aReplicaThatWaitsForAnotherWorkerHoldsUpNoOtherTask() {
    store.register("w1", 1, "h");
    store.submit("j", replicas(1, 2).build());
    store.submit("k", JobRequests.job(1).build());
    finish(store, "j/s/0", "a");
    assertThat(store.live("k")).containsExactly("k/s/0");
  }

  @Test
  void theMajorityIsAcceptedAndTheRestIsFencedInTheSameCommand() {
    workers(store, 3, 1);
    store.submit("j", replicas(1, 3).build());
    finish(store, "j/s/0", "a");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_RUNNING);
    long epoch = store.task("j/s/0#2").getEpoch();
    finish(store, "j/s/0#1", "a");
    assertThat(store.eventKinds())
        .contains("SUCCEEDED j/s/0#1", "ACCEPTED j/s/0", "CANCELLED j/s/0#2");
    assertThat(decisions(store, "j"))
        .containsExactly(
            "j/s/0 SUCCEEDED ACCEPTED",
            "j/s/0#1 SUCCEEDED NOT_NEEDED",
            "j/s/0#2 CANCELLED NOT_NEEDED");
    JobStore.refused(ErrorCode.FENCED, () -> store.complete("j/s/0#2", epoch));
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
    assertThat(store.job("j").getStages(0).getSucceeded()).isEqualTo(1);
  }

  @Test
  void aLiarIsOutvotedAndNamed() {
    workers(store, 3, 1);
    store.submit("j", replicas(1, 3).build());
    String liar = store.task("j/s/0").getOwner();
    finish(store, "j/s/0", "lie");
    finish(store, "j/s/0#1", "truth");
    finish(store, "j/s/0#2", "truth");
    assertThat(decisions(store, "j"))
        .containsExactly(
            "j/s/0 SUCCEEDED OUTVOTED",
            "j/s/0#1 SUCCEEDED ACCEPTED",
            "j/s/0#2 SUCCEEDED NOT_NEEDED");
    assertThat(faults(store, "j")).containsExactly("RESULT_MISMATCH " + liar + "@node-of-" + liar);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void twoThatDisagreeAreJoinedByAThird() {
    workers(store, 3, 1);
    store.submit("j", replicas(1, 2).build());
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "b");
    assertThat(store.live("j")).containsExactly("j/s/0#2");
    assertThat(store.job("j").getStages(0).getRunning()).isEqualTo(1);
    finish(store, "j/s/0#2", "b");
    assertThat(decisions(store, "j"))
        .containsExactly(
            "j/s/0 SUCCEEDED OUTVOTED",
            "j/s/0#1 SUCCEEDED ACCEPTED",
            "j/s/0#2 SUCCEEDED NOT_NEEDED");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void withoutAMajorityThePartitionFailsAndARetryOfTheJobBeginsFromNothing() {
    workers(store, 3, 1);
    store.submit("j", replicas(1, 3).build());
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "b");
    finish(store, "j/s/0#2", "c");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(store.job("j").getFault().getFault().getType()).isEqualTo("RESULT_MISMATCH");
    assertThat(store.job("j").getStages(0).getFailed()).isEqualTo(1);
    assertThat(faults(store, "j")).hasSize(3);

    store.run(JobRequests.retry("j"));
    assertThat(store.live("j")).containsExactly("j/s/0", "j/s/0#1", "j/s/0#2");
    Task again = store.task("j/s/0");
    assertThat(again.getPlan().getAction()).isEqualTo("RESTART");
    assertThat(again.getHasResult()).isFalse();
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "a");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void oneDifferingResultFailsAPartitionOfWhichAllMustBeEqual() {
    workers(store, 3, 1);
    store.submit("j", replicas(1, 3, comparing(Comparison.EXACT).setAllEqual(true)).build());
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "a");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_RUNNING);
    finish(store, "j/s/0#2", "b");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(store.task("j/s/0#2").getFault().getMessage())
        .matches(
            "not enough results of the partition agree: #0 of w\\d has ca978112,"
                + " #1 of w\\d has ca978112, #2 of w\\d has 3e23e816");
  }

  @Test
  void aReplicaThatFailsForGoodHasNoVoteAndTheOthersDecide() {
    workers(store, 3, 1);
    store.submit("j", replicas(1, 3).build());
    store.start("j/s/0");
    store.fail("j/s/0", false);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_RUNNING);
    finish(store, "j/s/0#1", "a");
    finish(store, "j/s/0#2", "a");
    assertThat(decisions(store, "j"))
        .containsExactly(
            "j/s/0 FAILED NOT_NEEDED",
            "j/s/0#1 SUCCEEDED ACCEPTED",
            "j/s/0#2 SUCCEEDED NOT_NEEDED");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void whenAllReplicasFailForGoodThePartitionDoes() {
    workers(store, 2, 1);
    store.submit("j", replicas(1, 2).build());
    store.start("j/s/0");
    store.fail("j/s/0", false);
    store.start("j/s/0#1");
    store.fail("j/s/0#1", false);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(store.job("j").getFault().getReplica()).isEqualTo(1);
    assertThat(store.job("j").getStages(0).getFailed()).isEqualTo(1);
  }

  @Test
  void numbersWithinTheToleranceAgree() {
    workers(store, 3, 1);
    store.submit("j", replicas(1, 3, comparing(Comparison.TOLERANCE).setTolerance(0.5)).build());
    finish(store, "j/s/0", "a", number(10.0));
    finish(store, "j/s/0#1", "b", number(11.0));
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_RUNNING);
    finish(store, "j/s/0#2", "c", number(11.5));
    assertThat(decisions(store, "j"))
        .containsExactly(
            "j/s/0 SUCCEEDED OUTVOTED",
            "j/s/0#1 SUCCEEDED ACCEPTED",
            "j/s/0#2 SUCCEEDED NOT_NEEDED");
  }

  @Test
  void onlyTheNamedFieldsAreCompared() {
    workers(store, 2, 1);
    store.submit(
        "j",
        replicas(1, 2, comparing(Comparison.FIELDS).setTolerance(1).addFields("n").addFields("t"))
            .build());
    finish(store, "j/s/0", "a", fields(field("n", 1), field("t", "x"), field("other", 1)));
    finish(store, "j/s/0#1", "b", fields(field("n", 2), field("t", "x"), field("other", 9)));
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void aResultThatCannotBeComparedIsRefused() {
    workers(store, 2, 1);
    store.submit("j", replicas(1, 2, comparing(Comparison.FIELDS).addFields("n")).build());
    store.start("j/s/0");
    JobStore.refused(
        ErrorCode.INVALID_ARGUMENT, () -> finish(store, "j/s/0", "a", fields(field("other", 1))));
    finish(store, "j/s/0", "a", fields(field("n", 1)));
  }

  @Test
  void aJobThatIsCancelledBetweenResultsEndsAndCanNotBeDecided() {
    workers(store, 3, 1);
    store.submit("j", replicas(2, 3).build());
    finish(store, "j/s/0", "a");
    store.run(JobRequests.cancel("j"));
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_CANCELLED);
    assertThat(store.job("j").getStages(0).getCancelled()).isEqualTo(2);
  }

  @Test
  void aJobThatFailedBetweenResultsGoesOnFromThemAfterARetry() {
    workers(store, 4, 1);
    store.submit("j", replicas(2, 2).build());
    finish(store, "j/s/0", "a");
    store.start("j/s/1");
    store.fail("j/s/1", false);
    store.start("j/s/1#1");
    store.fail("j/s/1#1", false);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    store.run(JobRequests.retry("j"));
    assertThat(store.live("j")).containsExactly("j/s/0#1", "j/s/1", "j/s/1#1");
    finish(store, "j/s/0#1", "a");
    finish(store, "j/s/1", "b");
    finish(store, "j/s/1#1", "b");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
    assertThat(store.job("j").getStages(0).getSucceeded()).isEqualTo(2);
  }
}
