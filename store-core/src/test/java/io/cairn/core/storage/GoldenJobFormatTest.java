package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairn.core.storage.v1.JobRow;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.JobWalk;
import io.cairn.core.storage.v1.ProgressRow;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.core.storage.v1.WorkerReportRow;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.JobStats;
import io.cairn.protocol.v1.TaskProgress;
import io.cairn.protocol.v1.TaskStats;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerLoad;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The bytes of storage format 1 for jobs and workers; see {@link GoldenFormatTest}. */
class GoldenJobFormatTest {
  @Test
  void keysOfFormatOne() {
    assertThat(hex(KeyLayout.jobName("ns", "job"))).isEqualTo("6e73" + "00" + "6a6f62");
    assertThat(hex(KeyLayout.ready(1, 2, 3, 4)))
        .isEqualTo("0000000000000001" + "00000002" + "00000003" + "00000004");
    assertThat(KeyLayout.stageOfReady(KeyLayout.ready(1, 2, 3, 4))).isEqualTo(2);
    assertThat(KeyLayout.partitionOfReady(KeyLayout.ready(1, 2, 3, 4))).isEqualTo(3);
    assertThat(KeyLayout.replicaOfReady(KeyLayout.ready(1, 2, 3, 4))).isEqualTo(4);
    assertThat(hex(KeyLayout.worker("w1"))).isEqualTo("7731");
    assertThat(hex(KeyLayout.item(1, new byte[] {9}))).isEqualTo("0000000000000001" + "09");
    assertThat(hex(KeyLayout.leaseItem(5, KeyLayout.ITEM_WORKER, new byte[] {'w'})))
        .isEqualTo("0000000000000005" + "03" + "77");
    assertThat(hex(KeyLayout.deadline(1000, KeyLayout.DEADLINE_WORKER_SWEEP, 7)))
        .isEqualTo("00000000000003e8" + "02" + "0000000000000007");
    assertThat(hex(KeyLayout.deadline(1000, KeyLayout.DEADLINE_TASK_RETRY, 7)))
        .isEqualTo("00000000000003e8" + "03" + "0000000000000007");
    assertThat(hex(KeyLayout.deadline(1000, KeyLayout.DEADLINE_JOB_TICK, 7)))
        .isEqualTo("00000000000003e8" + "04" + "0000000000000007");
    assertThat(hex(KeyLayout.leftOverDispatch()))
        .isEqualTo("0000000000000000" + "05" + "0000000000000000");
    assertThat(hex(KeyLayout.garbage(KeyLayout.GARBAGE_JOB, 9))).startsWith("04");
  }

  @Test
  void rowsOfJobs() {
    assertThat(
            hex(
                JobRow.newBuilder()
                    .setName(JobName.newBuilder().setNamespace("n").setName("j"))
                    .setSpec(JobSpec.newBuilder().setKeepMillis(1))
                    .setSubmission("s")
                    .setCreateTimeMillis(2)))
        .isEqualTo("0a060a016e12016a" + "12024001" + "1a0173" + "2002");
    assertThat(
            hex(
                JobStateRow.newBuilder()
                    .setState(JobState.JOB_FAILED)
                    .addStages(stage())
                    .setStats(JobStats.newBuilder().setAttempts(1))
                    .setGeneration(2)
                    .setEndTimeMillis(3)
                    .setFaultsFirst(4)
                    .setFaultsLast(5)
                    .setFaultEnded(6)
                    .setBarrier(Barrier.newBuilder().setNumber(7))
                    .setCommittedBarrier(8)
                    .setTickMillis(9)
                    .setEnding(JobState.JOB_CANCELLED)
                    .setWalk(JobWalk.RETRYING)
                    .setWalkAfter(ByteString.copyFromUtf8("k"))))
        .isEqualTo(
            "0803"
                + "1214080110021803200428053006380142020007"
                + "4808"
                + "1a020801200228033004380540064a0208075008"
                + "58096004680272016b");
    assertThat(hex(TaskRow.newBuilder().setCounted(TaskStats.newBuilder().setRunMillis(1))))
        .isEqualTo("4a020801");
  }

  @Test
  void rowsOfWorkers() {
    assertThat(
            hex(
                WorkerRow.newBuilder()
                    .setWorker(Worker.newBuilder().setId("w").setEpoch(1))
                    .setSweepMillis(2)))
        .isEqualTo("0a050a01771801" + "1002");
    assertThat(
            hex(
                WorkerReportRow.newBuilder()
                    .setLoad(WorkerLoad.newBuilder().setCpuPercent(1))
                    .setTimeMillis(2)
                    .addTasks(
                        ProgressRow.newBuilder()
                            .setProgress(TaskProgress.newBuilder().setProgress(3))
                            .setChangeTimeMillis(4))))
        .isEqualTo("0a020801" + "1002" + "1a060a0218031004");
  }

  private static StageRow.Builder stage() {
    return StageRow.newBuilder()
        .setWaiting(1)
        .setPending(2)
        .setRunning(3)
        .setSucceeded(4)
        .setFailed(5)
        .setCancelled(6)
        .setOpen(true)
        .addDurations(0)
        .addDurations(7)
        .setUnmade(8);
  }

  private static String hex(MessageLite.Builder row) {
    return hex(row.build().toByteArray());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
