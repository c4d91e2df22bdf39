package io.cairn.core.job;

import static io.cairn.core.job.RedundancyRequests.decisions;
import static io.cairn.core.job.RedundancyRequests.finish;
import static io.cairn.core.job.RedundancyRequests.replicas;
import static io.cairn.core.job.RedundancyRequests.standby;
import static io.cairn.core.job.RedundancyRequests.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.engine.Deadlines;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes over more rows than one command may is done in steps, and right between them. */
class BoundedStepsTest {
  private static final int DISPATCHES = 256;
  private static final long HOUR_MILLIS = 3_600_000;

  @TempDir Path folder;

  @Test
  void replicasThatDisagreeWhileTheirJobIsBroughtBackAreJoinedByAThird() {
    try (JobStore store = new JobStore(folder.resolve("db"), 2, DISPATCHES)) {
      failed(store);
      store.run(JobRequests.retry("j"));
      assertThat(store.task("j/s/2").getState()).as("not come to yet").isEqualTo(TaskState.FAILED);
      finish(store, "j/s/0", "a");
      finish(store, "j/s/0#1", "b");
      assertThat(store.live("j")).contains("j/s/0#2");
      finish(store, "j/s/0#2", "b");
      store.expire();
      for (String rest : new String[] {"j/s/1", "j/s/1#1", "j/s/2", "j/s/2#1"}) {
        finish(store, rest, "c");
      }
      assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
      store.checkBoard();
    }
  }

  @Test
  void aReplicaThatFailsAgainWhileItsJobIsBroughtBackHoldsUpNoDecision() {
    try (JobStore store = new JobStore(folder.resolve("db"), 2, DISPATCHES)) {
      failed(store);
      store.run(JobRequests.retry("j"));
      store.fail("j/s/0", false);
      finish(store, "j/s/0#1", "a");
      assertThat(decisions(store, "j"))
          .contains("j/s/0 FAILED NOT_NEEDED", "j/s/0#1 SUCCEEDED ACCEPTED");
      store.checkBoard();
    }
  }

  /** A job of three partitions, of which all runs have failed for good. */
  private static void failed(JobStore store) {
    workers(store, 6, 4);
    store.submit("j", replicas(3, 2).setContinueOnFailure(true).build());
    for (int partition = 0; partition < 3; partition++) {
      store.fail("j/s/" + partition, false);
      store.fail("j/s/" + partition + "#1", false);
    }
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
  }

  @Test
  void aTaskAboutToBeTakenOverIsNotDispatchedWhenItsJobHasFailed() {
    try (JobStore store = new JobStore(folder.resolve("db"), 2, DISPATCHES)) {
      Worker lost = store.register("w1", 2, "h");
      var spec = standby(2);
      spec.getRetryBuilder().setAttemptsMax(2);
      store.submit("j", spec.build());
      store.fail("j/s/1", true);
      store.register("w2", 4, "h");
      assertThat(store.live("j")).containsExactly("j/s/0", "j/s/1");
      store.endLease(lost.getLease()); // the second fault of j/s/1
      assertThat(store.live("j")).isEmpty();
      store.checkBoard();
      store.expire();
      assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.CANCELLED);
      assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    }
  }

  @Test
  void workersThatAreLostTogetherAreEndedOneCommandAfterTheOther() {
    try (JobStore store = new JobStore(folder.resolve("db"), 3, DISPATCHES)) {
      workers(store, 3, 2);
      Detection.Builder patient =
          Detection.newBuilder().setTtlMillis(HOUR_MILLIS).setAckMillis(HOUR_MILLIS);
      store.submit("j", JobRequests.detecting(6, patient).build());
      assertThat(store.live("j")).hasSize(6);
      store.pass(20_000);
      store.expireOnce(new Deadlines().due(store.rows(), store.now()).getDueList());
      assertThat(store.keys(ColumnFamily.WORKER)).as("lost with its tasks: one").hasSize(2);
      store.expire();
      assertThat(store.keys(ColumnFamily.WORKER)).isEmpty();
      assertThat(store.live("j")).isEmpty();
    }
  }

  @Test
  void barriersThatAreDueTogetherBeginOneCommandAfterTheOther() {
    try (JobStore store = new JobStore(folder.resolve("db"), 1, DISPATCHES)) {
      store.register("w1", HOUR_MILLIS, 2, "h");
      var spec = JobRequests.detecting(1, Detection.newBuilder().setTtlMillis(HOUR_MILLIS));
      spec.setCheckpoints(
          CheckpointPolicy.newBuilder()
              .setCoordinated(true)
              .setBarrierMillis(1_000)
              .setBarrierTimeoutMillis(60_000));
      for (String job : new String[] {"j", "k"}) {
        store.submit(job, spec.build());
        store.start(job + "/s/0");
      }
      store.pass(1_000);
      store.expireOnce(new Deadlines().due(store.rows(), store.now()).getDueList());
      assertThat(phase(store, "j")).isEqualTo(Barrier.Phase.PAUSING);
      assertThat(store.job("k").getBarrier().getNumber()).isZero();
      store.expire();
      assertThat(phase(store, "k")).isEqualTo(Barrier.Phase.PAUSING);
    }
  }

  private static Barrier.Phase phase(JobStore store, String job) {
    return store.job(job).getBarrier().getPhase();
  }
}
