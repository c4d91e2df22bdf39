package io.cairn.core.job;

import static io.cairn.core.job.RedundancyRequests.decisions;
import static io.cairn.core.job.RedundancyRequests.speculate;
import static io.cairn.core.job.RedundancyRequests.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Second runs beside attempts that take much longer than their like. */
class SpeculationTest {
  @TempDir Path folder;
  private JobStore store;
  private List<Worker> workers = List.of();

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
  }

  @AfterEach
  void close() {
    store.checkBoard();
    store.close();
  }

  /** Partitions 0 and 1 take 400 ms, partition 2 goes on. */
  private void straggle() {
    workers = workers(store, 3, 1);
    store.submit("j", speculate(3, 200, 500).build());
    for (int i = 0; i < 3; i++) {
      store.start("j/s/" + i);
    }
    store.pass(400);
    store.complete("j/s/0");
    store.complete("j/s/1");
  }

  @Test
  void aStragglerGetsASecondRunOnAnotherNodeWithinBoundedTime() {
    straggle();
    store.advance(300);
    assertThat(store.live("j")).containsExactly("j/s/2");
    store.advance(700); // 1,400 ms: over twice the median, and looked at every half second
    assertThat(store.live("j")).containsExactly("j/s/2", "j/s/2#1");
    Task second = store.task("j/s/2#1");
    assertThat(second.getOwner()).isNotEqualTo(store.task("j/s/2").getOwner());
    assertThat(second.getEpoch()).isNotEqualTo(store.task("j/s/2").getEpoch());
    assertThat(store.job("j").getStages(0).getRunning()).isEqualTo(1);
    renewAll();
    store.advance(5_000);
    assertThat(store.tasksOf("j/")).hasSize(4);
  }

  @Test
  void theFirstResultWinsAndTheOtherRunIsFencedInTheSameCommand() {
    straggle();
    store.advance(1_000);
    long loser = store.task("j/s/2").getEpoch();
    store.finish("j/s/2#1");
    assertThat(store.eventKinds()).contains("SUCCEEDED j/s/2#1", "CANCELLED j/s/2");
    assertThat(decisions(store, "j"))
        .containsExactly(
            "j/s/0 SUCCEEDED ACCEPTED",
            "j/s/1 SUCCEEDED ACCEPTED",
            "j/s/2 CANCELLED NOT_NEEDED",
            "j/s/2#1 SUCCEEDED ACCEPTED");
    JobStore.refused(ErrorCode.FENCED, () -> store.complete("j/s/2", loser));
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
    assertThat(store.job("j").getStages(0).getSucceeded()).isEqualTo(3);
    assertThat(store.job("j").getStages(0).getCancelled()).isZero();
  }

  @Test
  void theStragglerItselfMayWin() {
    straggle();
    store.advance(1_000);
    store.start("j/s/2#1");
    store.complete("j/s/2");
    assertThat(decisions(store, "j"))
        .contains("j/s/2 SUCCEEDED ACCEPTED", "j/s/2#1 CANCELLED NOT_NEEDED");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void aPartitionFailsOnlyWhenBothRunsHaveFailedForGood() {
    straggle();
    store.advance(1_000);
    store.start("j/s/2#1");
    store.fail("j/s/2", false);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_RUNNING);
    assertThat(store.job("j").getStages(0).getRunning()).isEqualTo(1);
    store.fail("j/s/2#1", false);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(store.job("j").getStages(0).getFailed()).isEqualTo(1);
    assertThat(store.job("j").getFault().getReplica()).isEqualTo(1);
  }

  @Test
  void aStragglerWhoseSecondRunFailedGoesOnAlone() {
    straggle();
    store.advance(1_000);
    store.start("j/s/2#1");
    store.fail("j/s/2#1", false);
    store.complete("j/s/2");
    assertThat(decisions(store, "j"))
        .contains("j/s/2 SUCCEEDED ACCEPTED", "j/s/2#1 FAILED NOT_NEEDED");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void noSecondRunIsMadeWhileNobodyElseHasRoom() {
    store.register("w1", 2, "h");
    store.submit("j", speculate(2, 200, 500).build());
    store.start("j/s/0");
    store.start("j/s/1");
    store.pass(100);
    store.complete("j/s/0");
    store.advance(5_000);
    assertThat(store.tasksOf("j/")).hasSize(2);
    store.register("w2", 1, "h");
    store.advance(600);
    assertThat(store.live("j")).containsExactly("j/s/1", "j/s/1#1");
  }

  @Test
  void aLeaderThatIsNewGivesTheAttemptsTheirTimeAgain() {
    straggle();
    store.pass(700);
    store.leaderStart();
    store.expire();
    assertThat(store.tasksOf("j/")).hasSize(3);
    renewAll();
    store.advance(1_000);
    assertThat(store.tasksOf("j/")).hasSize(4);
  }

  private void renewAll() {
    workers.forEach(worker -> store.renew(worker.getLease()));
  }
}
