package io.cairn.core.job;

import static io.cairn.core.job.JobRequests.detecting;
import static io.cairn.core.job.JobRequests.progress;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerHealth;
import io.cairn.protocol.v1.WorkerLoad;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a task is taken from a worker that has not lost its lease. */
class WorkerSweepTest {
  @TempDir Path folder;
  private final JobInvariants invariants = new JobInvariants();
  private JobStore store;
  private Worker worker;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
    worker = store.register("w1", 3_600_000, 1, "h");
  }

  @AfterEach
  void close() {
    invariants.check(store);
    store.close();
  }

  @Test
  void aClaimThatIsNotAcknowledgedIsTakenBack() {
    store.submit("j", detecting(1, Detection.newBuilder().setAckMillis(2_000)).build());
    long epoch = store.task("j/s/0").getEpoch();
    store.advance(1_999);
    assertThat(store.task("j/s/0").getEpoch()).isEqualTo(epoch);
    store.advance(1);
    Task again = store.task("j/s/0");
    assertThat(store.eventKinds()).containsExactly("UNACKNOWLEDGED j/s/0", "CLAIMED j/s/0");
    assertThat(again.getEpoch()).isGreaterThan(epoch);
    assertThat(again.getStats().getFaults()).as("it is no fault").isZero();
  }

  @Test
  void aClaimThatIsNotAcknowledgedGoesToAnotherWorkerThatHasRoom() {
    store.submit("j", detecting(1, Detection.newBuilder().setAckMillis(2_000)).build());
    assertThat(store.task("j/s/0").getOwner()).isEqualTo("w1");
    for (int i = 2; i <= 4; i++) {
      store.register("w" + i, 3_600_000, 1, "h");
    }
    String before = "w1";
    for (int i = 0; i < 6; i++) {
      store.advance(2_000);
      String now = store.task("j/s/0").getOwner();
      assertThat(now).isNotEqualTo(before);
      before = now;
    }
  }

  @Test
  void aClaimThatIsAcknowledgedIsNot() {
    store.submit("j", detecting(1, Detection.newBuilder().setAckMillis(2_000)).build());
    store.start("j/s/0");
    store.advance(2_000);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.RUNNING);
  }

  @Test
  void aLeaderThatHasJustBegunWaitsForAcknowledgements() {
    store.submit("j", detecting(1, Detection.newBuilder().setAckMillis(2_000)).build());
    store.pass(1_900);
    store.leaderStart();
    store.advance(1_900);
    assertThat(store.task("j/s/0").getAttempt()).isEqualTo(1);
    store.advance(100);
    assertThat(store.task("j/s/0").getAttempt()).isEqualTo(2);
  }

  @Test
  void aWorkerThatIsSilentLosesItsTasksAndGetsNoneUntilItIsHeardOf() {
    store.submit("j", detecting(1, Detection.newBuilder().setTtlMillis(3_000)).build());
    store.start("j/s/0");
    store.advance(2_999);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.RUNNING);
    store.advance(1);
    Task lost = store.task("j/s/0");
    assertThat(lost.getState()).isEqualTo(TaskState.PENDING);
    assertThat(lost.getFault().getType()).isEqualTo("PROCESS_LOST");
    assertThat(health()).isEqualTo(WorkerHealth.STRAINED);
    store.advance(60_000);
    assertThat(store.live("j")).isEmpty();
    invariants.check(store);
    store.renew(worker.getLease());
    store.advance(1_000);
    assertThat(health()).isEqualTo(WorkerHealth.HEALTHY);
    assertThat(store.live("j")).hasSize(1);
  }

  @Test
  void aHeartbeatKeepsATaskAndMovesNoDeadline() {
    store.submit("j", detecting(1, Detection.newBuilder().setTtlMillis(3_000)).build());
    store.start("j/s/0");
    store.advance(3_000 - 1);
    var deadlines = store.keys(ColumnFamily.DEADLINE);
    store.renew(worker.getLease());
    assertThat(store.keys(ColumnFamily.DEADLINE)).containsExactlyElementsOf(deadlines);
    store.advance(2_999);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.RUNNING);
  }

  @Test
  void anAttemptThatTakesTooLongTimesOut() {
    store.submit(
        "j",
        detecting(1, Detection.newBuilder().setTtlMillis(60_000).setAttemptMillisMax(7_000))
            .build());
    store.pass(500);
    store.start("j/s/0");
    store.advance(6_999);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.RUNNING);
    store.advance(1);
    Task task = store.task("j/s/0");
    assertThat(task.getFault().getType()).isEqualTo("TIMEOUT");
    assertThat(task.getFault().getMessage()).contains("7000 ms");
    assertThat(task.getAttempt()).isEqualTo(2);
    assertThat(task.getStats().getRunMillis()).isEqualTo(7_000);
  }

  @Test
  void aTaskThatStandsStillIsSuspectUntilItGoesOn() {
    store.submit("j", detecting(1, standing()).build());
    store.start("j/s/0");
    long epoch = store.task("j/s/0").getEpoch();
    report(epoch, 1);
    store.pass(2_000);
    report(epoch, 1);
    store.advance(1_999);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.RUNNING);
    store.advance(1);
    Task suspect = store.task("j/s/0");
    assertThat(suspect.getState()).isEqualTo(TaskState.SUSPECT);
    assertThat(suspect.getJob().getReason()).isEqualTo("no progress for 4000 ms");
    assertThat(store.eventKinds()).containsExactly("SUSPECTED j/s/0");
    assertThat(store.job("j").getStages(0).getRunning()).isEqualTo(1);
    report(epoch, 1);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.SUSPECT);
    report(epoch, 2);
    assertThat(store.eventKinds()).containsExactly("RELIEVED j/s/0");
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.RUNNING);
    assertThat(store.task("j/s/0").getJob().getSuspectTimeMillis()).isZero();
  }

  @Test
  void aTaskThatStaysSuspectIsFencedAndRecovered() {
    store.submit("j", detecting(1, standing().setSuspectMillisMax(2_000)).build());
    store.start("j/s/0");
    long epoch = store.task("j/s/0").getEpoch();
    store.advance(4_000);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.SUSPECT);
    store.advance(1_999);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.SUSPECT);
    store.advance(1);
    assertThat(store.task("j/s/0").getFault().getType()).isEqualTo("TIMEOUT");
    assertThat(store.task("j/s/0").getEpoch()).isGreaterThan(epoch);
  }

  @Test
  void aTaskThatStayedSuspectGoesToAnotherWorkerThatHasRoom() {
    store.submit("j", detecting(1, standing().setSuspectMillisMax(2_000)).build());
    for (int i = 2; i <= 4; i++) {
      store.register("w" + i, 3_600_000, 1, "h");
    }
    for (int i = 0; i < 3; i++) {
      String before = store.task("j/s/0").getOwner();
      store.start("j/s/0");
      store.advance(4_000);
      store.advance(2_000);
      assertThat(store.task("j/s/0").getFault().getType()).isEqualTo("TIMEOUT");
      while (store.task("j/s/0").getState() == TaskState.PENDING) {
        store.advance(100); // the policy's pause
      }
      assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.CLAIMED);
      assertThat(store.task("j/s/0").getOwner()).isNotEqualTo(before);
    }
  }

  @Test
  void aSuspectTaskThatFinishesHasFinished() {
    store.submit("j", detecting(1, standing()).build());
    store.start("j/s/0");
    store.advance(4_000);
    assertThat(store.complete("j/s/0").getState()).isEqualTo(TaskState.SUCCEEDED);
  }

  private static Detection.Builder standing() {
    return Detection.newBuilder().setTtlMillis(60_000).setNoProgressMillis(4_000);
  }

  private void report(long epoch, long progress) {
    store.run(
        JobRequests.report(
            worker, WorkerLoad.getDefaultInstance(), progress("j/s/0", epoch, progress)));
  }

  private WorkerHealth health() {
    return WorkerRows.find(store.rows(), "w1").orElseThrow().getWorker().getHealth();
  }
}
