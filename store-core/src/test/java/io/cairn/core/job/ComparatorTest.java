package io.cairn.core.job;

import static io.cairn.core.job.RedundancyRequests.comparing;
import static io.cairn.core.job.RedundancyRequests.decisions;
import static io.cairn.core.job.RedundancyRequests.finish;
import static io.cairn.core.job.RedundancyRequests.replicas;
import static io.cairn.core.job.RedundancyRequests.verdict;
import static io.cairn.core.job.RedundancyRequests.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Verification;
import io.cairn.protocol.v1.Verification.Comparison;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that only a worker can compare. */
class ComparatorTest {
  @TempDir Path folder;
  private JobStore store;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
    workers(store, 3, 2);
    store.register("c", 1, "cmp");
  }

  @AfterEach
  void close() {
    store.checkBoard();
    store.close();
  }

  private static Verification.Builder custom() {
    return comparing(Comparison.CUSTOM).setComparator("cmp");
  }

  @Test
  void aWorkerComparesWhenAllResultsAreThereAndItsVerdictDecides() {
    store.submit("j", replicas(1, 3, custom()).build());
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "b");
    assertThat(store.live("j")).containsExactly("j/s/0#2");
    finish(store, "j/s/0#2", "B");
    assertThat(store.live("j")).containsExactly("j/s/0#9");
    assertThat(store.task("j/s/0#9").getOwner()).isEqualTo("c");
    assertThat(store.start("j/s/0#9").getHandler()).isEqualTo("cmp");
    assertThat(store.job("j").getStages(0).getRunning()).isEqualTo(1);
    verdict(store, "j/s/0#9", 1, 2);
    assertThat(decisions(store, "j"))
        .containsExactly(
            "j/s/0 SUCCEEDED OUTVOTED",
            "j/s/0#1 SUCCEEDED ACCEPTED",
            "j/s/0#2 SUCCEEDED NOT_NEEDED",
            "j/s/0#9 SUCCEEDED");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void aVerdictThatIsSentAgainIsAnsweredAndChangesNothing() {
    store.submit("j", replicas(1, 2, custom()).build());
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "b");
    store.start("j/s/0#9");
    verdict(store, "j/s/0#9", 0, 1);
    long writes = store.rows().writes();
    assertThat(verdict(store, "j/s/0#9", 0, 1).getState()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(store.rows().writes()).isEqualTo(writes);
    JobStore.refused(ErrorCode.FENCED, () -> verdict(store, "j/s/0#9", 0));
  }

  @Test
  void aVerdictOfTwoThatDisagreeBringsAThirdAndAnotherComparison() {
    store.submit("j", replicas(1, 2, custom()).build());
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "b");
    store.start("j/s/0#9");
    long first = store.task("j/s/0#9").getEpoch();
    verdict(store, "j/s/0#9");
    assertThat(store.live("j")).containsExactly("j/s/0#2");
    finish(store, "j/s/0#2", "A");
    assertThat(store.live("j")).containsExactly("j/s/0#9");
    assertThat(store.task("j/s/0#9").getEpoch()).isGreaterThan(first);
    store.start("j/s/0#9");
    verdict(store, "j/s/0#9", 0, 2);
    assertThat(decisions(store, "j"))
        .contains("j/s/0 SUCCEEDED ACCEPTED", "j/s/0#1 SUCCEEDED OUTVOTED");
  }

  @Test
  void aVerdictWithoutMajorityFailsThePartition() {
    store.submit("j", replicas(1, 3, custom()).build());
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "b");
    finish(store, "j/s/0#2", "c");
    store.start("j/s/0#9");
    verdict(store, "j/s/0#9", 1);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(store.job("j").getFault().getFault().getType()).isEqualTo("RESULT_MISMATCH");
  }

  @Test
  void aComparatorThatThrowsIsTriedAgainAsThePolicySaysAndThenFailsThePartition() {
    store.submit("j", replicas(1, 2, custom()).build());
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "b");
    store.start("j/s/0#9");
    store.fail("j/s/0#9", true);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_RUNNING);
    for (int i = 0; i < 3; i++) {
      store.advance(2_000);
      store.start("j/s/0#9");
      store.fail("j/s/0#9", true);
    }
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(store.job("j").getFault().getReplica()).isEqualTo(9);
    assertThat(store.job("j").getStages(0).getFailed()).isEqualTo(1);

    store.run(JobRequests.retry("j"));
    store.start("j/s/0#9");
    verdict(store, "j/s/0#9", 0, 1);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void aComparisonIsEndedByAVerdictAloneAndNothingElseIs() {
    store.submit("j", replicas(1, 2, custom()).build());
    store.start("j/s/0");
    JobStore.refused(ErrorCode.WRONG_STATE, () -> verdict(store, "j/s/0", 0));
    finish(store, "j/s/0", "a");
    finish(store, "j/s/0#1", "b");
    store.start("j/s/0#9");
    JobStore.refused(ErrorCode.WRONG_STATE, () -> store.complete("j/s/0#9"));
    JobStore.refused(ErrorCode.INVALID_ARGUMENT, () -> verdict(store, "j/s/0#9", 2));
    JobStore.refused(ErrorCode.INVALID_ARGUMENT, () -> verdict(store, "j/s/0#9", 0, 0));
  }
}
