package io.cairn.core.job;

import static io.cairn.core.job.JobStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.JobGetRequest;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.JobStats;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.WorkStats;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands about jobs and their tasks say, and what they are told. */
class JobAnswersTest {
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
  void theAnswerToACommandIsTheJobAfterAllThatFollowsFromIt() {
    store.register("w1", 2, "h");
    assertThat(store.submit("j", JobRequests.job(3).build()).getStages(0).getRunning())
        .isEqualTo(2);
    assertThat(store.run(JobRequests.cancel("j")).getJob().getJob().getState())
        .isEqualTo(JobState.JOB_CANCELLED);
  }

  @Test
  void aPartitionThatWasNeverDispatchedCannotBeCalledOffAlone() {
    store.submit("j", JobRequests.job(11).build());
    assertThat(refused(ErrorCode.WRONG_STATE, () -> store.cancelTask("j/s/10")).getMessage())
        .contains("j/s/10 was never dispatched");
    for (String none : new String[] {"j/s/11", "j/s/01", "j/s/1#1", "j/s/x", "j/t/0", "k/s/0"}) {
      refused(ErrorCode.TASK_NOT_FOUND, () -> store.cancelTask(none));
    }
  }

  @Test
  void whatAnAttemptHasCostIsCountedHoweverItEnds() {
    store.register("w1", 1, "h");
    store.submit("j", JobRequests.retrying(1, 9).build());
    WorkStats told = WorkStats.newBuilder().setRecoveredBytes(7).setCheckpointMicros(3).build();
    store.start("j/s/0");
    long first = store.task("j/s/0").getEpoch();
    store.apply(
        context ->
            store
                .tasks()
                .fail(
                    context,
                    JobRequests.fail("j/s/0", first, true).toBuilder().setStats(told).build()));
    store.start("j/s/0");
    long second = store.task("j/s/0").getEpoch();
    store.apply(
        context ->
            store
                .tasks()
                .release(
                    context,
                    JobRequests.release("j/s/0", second).toBuilder().setStats(told).build()));
    assertThat(store.task("j/s/0").getStats().getRecoveredBytes()).isEqualTo(14);
    assertThat(store.job("j").getStats().getRecoveredBytes()).isEqualTo(14);
    assertThat(store.job("j").getStats().getCheckpointMicros()).isEqualTo(6);
  }

  @Test
  void aJobIsShownWithWhatItsTasksHaveDoneSinceTheyBegan() {
    BarrierStore barriers = new BarrierStore(store);
    barriers.running(2);
    assertThat(store.job("j").getStats().getCheckpoints()).isZero();
    barriers.take("-state");
    assertThat(store.job("j").getStats().getCheckpoints()).isEqualTo(2);
    assertThat(store.job("j").getStats().getCheckpointBytes()).isPositive();
    JobGetRequest.Builder polled =
        JobGetRequest.newBuilder().setName(JobRequests.jobName("j")).setWithoutSpec(true);
    assertThat(store.ask(Query.newBuilder().setJobGet(polled)).getJobGet().getStats())
        .as("whoever polls does not have all tasks looked at")
        .isEqualTo(JobStats.getDefaultInstance().toBuilder().setAttempts(2).build());
    store.finish("j/s/0");
    assertThat(store.job("j").getStats().getCheckpoints()).as("each counts once").isEqualTo(2);
  }
}
