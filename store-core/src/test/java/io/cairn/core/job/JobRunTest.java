package io.cairn.core.job;

import static io.cairn.core.job.JobRequests.job;
import static io.cairn.core.job.JobRequests.stage;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.StageStatus;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskStartResponse;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job's way from its submission to its end. */
class JobRunTest {
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
  void aJobRunsFromSubmissionToSuccess() {
    Job submitted = store.submit("j", job(3).build());
    assertThat(submitted.getState()).isEqualTo(JobState.JOB_RUNNING);
    assertThat(submitted.getStages(0).getWaiting()).isEqualTo(3);
    assertThat(store.tasksOf("j/")).isEmpty();

    Worker worker = store.register("w1", 2, "h");
    assertThat(store.eventKinds()).containsExactly("CLAIMED j/s/0", "CLAIMED j/s/1");
    assertThat(store.events())
        .allMatch(event -> event.getLease() == worker.getLease())
        .allMatch(event -> event.getEvent().getOwner().equals("w1"));

    TaskStartResponse started = store.start("j/s/0");
    assertThat(started.getHandler()).isEqualTo("h");
    assertThat(started.getPartitions()).isEqualTo(3);
    assertThat(started.getTask().getState()).isEqualTo(TaskState.RUNNING);
    store.pass(250);
    Task done = store.complete("j/s/0");
    assertThat(done.getState()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(store.eventKinds()).containsExactly("SUCCEEDED j/s/0", "CLAIMED j/s/2");

    store.finish("j/s/1");
    store.finish("j/s/2");
    Job job = store.job("j");
    assertThat(job.getState()).isEqualTo(JobState.JOB_SUCCEEDED);
    assertThat(job.getEndTimeMillis()).isEqualTo(store.now());
    StageStatus stage = job.getStages(0);
    assertThat(stage.getSucceeded()).isEqualTo(3);
    assertThat(stage.getRunning() + stage.getPending() + stage.getWaiting()).isZero();
    assertThat(job.getStats().getAttempts()).isEqualTo(3);
    assertThat(job.getStats().getRunMillis()).isEqualTo(250);
    assertThat(store.keys(ColumnFamily.READY)).isEmpty();
  }

  @Test
  void aStageOpensWhenThoseBeforeItHaveSucceeded() {
    JobSpec spec =
        JobSpec.newBuilder()
            .addStages(stage("reduce", "h", 1, "left", "right"))
            .addStages(stage("left", "h", 2))
            .addStages(stage("right", "h", 1))
            .build();
    store.register("w1", 8, "h");
    store.submit("j", spec);
    assertThat(store.live("j")).containsExactly("j/left/0", "j/left/1", "j/right/0");
    store.finish("j/left/0");
    store.finish("j/right/0");
    assertThat(store.job("j").getStages(0).getOpen()).isFalse();
    store.finish("j/left/1");
    assertThat(store.job("j").getStages(0).getOpen()).isTrue();
    assertThat(store.live("j")).containsExactly("j/reduce/0");
    store.finish("j/reduce/0");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void aPartitionIsGivenItsPayload() {
    JobSpec.Builder spec = job(2);
    spec.getStagesBuilder(0)
        .addPayloads(ByteString.copyFromUtf8("zero"))
        .addPayloads(ByteString.copyFromUtf8("one"));
    store.register("w1", 2, "h");
    store.submit("j", spec.build());
    assertThat(store.start("j/s/1").getPayload().toStringUtf8()).isEqualTo("one");
  }

  @Test
  void aStartThatIsSentAgainIsAnsweredAgainAndChangesNothing() {
    store.register("w1", 1, "h");
    store.submit("j", job(1).build());
    TaskStartResponse first = store.start("j/s/0");
    store.pass(10);
    long writes = store.rows().writes();
    assertThat(store.start("j/s/0")).isEqualTo(first);
    assertThat(store.rows().writes()).isEqualTo(writes);
  }
}
