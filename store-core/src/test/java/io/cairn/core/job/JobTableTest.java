package io.cairn.core.job;

import static io.cairn.core.job.JobRequests.job;
import static io.cairn.core.job.JobRequests.retrying;
import static io.cairn.core.job.JobRequests.stage;
import static io.cairn.core.job.JobStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobListRequest;
import io.cairn.protocol.v1.JobListResponse;
import io.cairn.protocol.v1.JobResponse;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.JobSubmitResponse;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.StageStatus;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskDeleteRequest;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be asked of a job: submit, cancel, retry, delete, and what its tasks refuse. */
class JobTableTest {
  /** Rows of tasks that one command looks at, in these tests. */
  private static final int ROWS_MAX = 4;

  @TempDir Path folder;
  private final JobInvariants invariants = new JobInvariants();
  private JobStore store;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"), ROWS_MAX, 256);
  }

  @AfterEach
  void close() {
    invariants.check(store);
    store.close();
  }

  @Test
  void theSameSubmissionAgainIsTheSameJob() {
    Job first = store.submit("j", job(2).build());
    JobSubmitResponse again =
        store.run(JobRequests.submit("j", "submission of j", job(5).build())).getJobSubmit();
    assertThat(again.getCreated()).isFalse();
    assertThat(again.getJob()).isEqualTo(first);
  }

  @Test
  void anotherSubmissionOfTheNameIsRefused() {
    store.submit("j", job(2).build());
    refused(
        ErrorCode.JOB_EXISTS, () -> store.run(JobRequests.submit("j", "another", job(2).build())));
  }

  @Test
  void whatTheSubmitterDidNotSayIsStoredWithTheJob() {
    JobSpec spec = job(1).setRetry(RetryPolicy.newBuilder().setAttemptsMax(3)).build();
    store.submit("j", spec);
    JobSpec stored = store.job("j").getSpec();
    assertThat(stored.getRetry().getAttemptsMax()).isEqualTo(3);
    assertThat(stored.getRetry().getBackoffPercent()).isEqualTo(200);
    assertThat(stored.getRecovery().getRulesList()).isNotEmpty();
    assertThat(stored.getCheckpoints().getKept()).isEqualTo(3);
    assertThat(stored.getDetection().getTtlMillis()).isEqualTo(10_000);
    assertThat(stored.getDetection().getHeartbeatMillis()).isEqualTo(3_333);
    assertThat(stored.getDetection().getAckMillis()).isEqualTo(5_000);
  }

  @Test
  void cancellingFencesTheLiveTasksAndEndsTheJob() {
    store.register("w1", 2, "h");
    store.submit("j", job(4).build());
    long epoch = store.task("j/s/0").getEpoch();
    Job job = store.run(JobRequests.cancel("j")).getJob().getJob();
    assertThat(job.getName()).isEqualTo(JobRequests.jobName("j"));
    assertThat(store.eventKinds()).containsExactly("CANCELLED j/s/0", "CANCELLED j/s/1");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_CANCELLED);
    assertThat(store.job("j").getStages(0).getCancelled()).isEqualTo(4);
    refused(ErrorCode.FENCED, () -> store.complete("j/s/0", epoch));
    refused(ErrorCode.WRONG_STATE, () -> store.run(JobRequests.cancel("j")));
  }

  @Test
  void aLargeJobIsCancelledInSteps() {
    store.register("w1", 10, "h");
    store.submit("j", job(30).build());
    store.run(JobRequests.cancel("j"));
    assertThat(store.live("j")).hasSize(10 - ROWS_MAX);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_RUNNING);
    assertThat(store.job("j").getStages(0).getWaiting()).isZero();
    invariants.check(store);
    assertThat(store.expire()).isGreaterThan(1);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_CANCELLED);
    assertThat(store.live("j")).isEmpty();
  }

  @Test
  void aTaskThatFailsForGoodEndsTheJobAndTheRestIsCancelled() {
    store.register("w1", 3, "h");
    store.submit("j", retrying(5, 1).build());
    store.finish("j/s/1");
    assertThat(store.fail("j/s/0", true).getState()).isEqualTo(TaskState.FAILED);
    Job job = store.job("j");
    assertThat(job.getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(job.getFault().getTask()).isEqualTo(JobRequests.taskName("j/s/0"));
    assertThat(job.getFault().getFault().getAction()).isEqualTo("FAIL");
    StageStatus stage = job.getStages(0);
    assertThat(stage.getSucceeded()).isEqualTo(1);
    assertThat(stage.getFailed()).isEqualTo(1);
    assertThat(stage.getCancelled()).isEqualTo(3);
    assertThat(store.task("j/s/2").getJob().getReason()).contains("has failed");
  }

  @Test
  void withContinueOnFailureTheOthersGoOn() {
    store.register("w1", 2, "h");
    JobSpec spec =
        retrying(3, 1).setContinueOnFailure(true).addStages(stage("after", "h", 2, "s")).build();
    store.submit("j", spec);
    store.fail("j/s/0", false);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_RUNNING);
    assertThat(store.live("j")).containsExactly("j/s/1", "j/s/2");
    store.finish("j/s/1");
    store.finish("j/s/2");
    Job job = store.job("j");
    assertThat(job.getState()).isEqualTo(JobState.JOB_FAILED);
    assertThat(job.getStages(0).getSucceeded()).isEqualTo(2);
    assertThat(job.getStages(1).getCancelled()).as("it can never open").isEqualTo(2);
  }

  @Test
  void aRetryRunsAgainWhatFailedAndWhatWasCancelledBecauseOfIt() {
    store.register("w1", 6, "h");
    store.submit("j", retrying(12, 1).build());
    store.finish("j/s/0");
    store.cancelTask("j/s/5");
    store.fail("j/s/1", true);
    store.expire();
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    store.run(JobRequests.retry("j"));
    store.expire();
    invariants.check(store);
    assertThat(store.live("j")).hasSize(6).contains("j/s/1").doesNotContain("j/s/0", "j/s/5");
    while (!store.live("j").isEmpty()) {
      store.finish(store.live("j").get(0));
    }
    assertThat(store.job("j").getStages(0).getSucceeded()).isEqualTo(11);
    assertThat(store.job("j").getState())
        .as("one was called off")
        .isEqualTo(JobState.JOB_CANCELLED);
    refused(ErrorCode.WRONG_STATE, () -> store.run(JobRequests.retry("j")));
  }

  @Test
  void aRetriedTaskGoesOnFromItsCheckpointAndMayFailAsOftenAsBefore() {
    store.register("w1", 1, "h");
    store.submit("j", retrying(1, 2).build());
    store.fail("j/s/0", true);
    store.fail("j/s/0", true);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_FAILED);
    store.run(JobRequests.retry("j"));
    assertThat(store.fail("j/s/0", true).getState()).isEqualTo(TaskState.PENDING);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.CLAIMED);
    assertThat(store.task("j/s/0").getAttempt()).isEqualTo(4);
  }

  @Test
  void onlyAJobThatHasEndedIsDeletedAndNothingIsLeftOfIt() {
    store.register("w1", 20, "h");
    store.submit("j", retrying(12, 9).build());
    refused(ErrorCode.WRONG_STATE, () -> store.run(JobRequests.delete("j")));
    store.fail("j/s/3", true);
    for (int i = 0; i < 12; i++) {
      store.finish("j/s/" + i);
    }
    JobResponse deleted = store.run(JobRequests.delete("j")).getJob();
    assertThat(deleted.getJob().getState()).isEqualTo(JobState.JOB_SUCCEEDED);
    refused(ErrorCode.JOB_NOT_FOUND, () -> store.job("j"));
    refused(ErrorCode.WRONG_STATE, () -> store.submit("j", job(1).build()));
    while (store.collect(5)) {
      invariants.check(store);
    }
    for (ColumnFamily family :
        new ColumnFamily[] {
          ColumnFamily.TASK,
          ColumnFamily.JOB,
          ColumnFamily.JOB_NAME,
          ColumnFamily.JOB_FAULT,
          ColumnFamily.TASK_HISTORY,
          ColumnFamily.GARBAGE
        }) {
      assertThat(store.keys(family)).as(family.name()).isEmpty();
    }
    store.submit("j", job(1).build());
  }

  @Test
  void aSmallJobIsGoneWithItsDeletion() {
    store.submit("j", job(1_000_000).build());
    store.run(JobRequests.cancel("j"));
    store.run(JobRequests.delete("j"));
    assertThat(store.keys(ColumnFamily.JOB_NAME)).isEmpty();
    store.submit("j", job(1).build());
  }

  @Test
  void anEndedJobIsKeptForAWhileAndThenDeleted() {
    store.register("w1", 60_000, 1, "h");
    store.submit("j", job(1).setKeepMillis(4_000).build());
    store.finish("j/s/0");
    store.advance(3_999);
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
    store.advance(1);
    refused(ErrorCode.JOB_NOT_FOUND, () -> store.job("j"));
  }

  @Test
  void tasksOfAJobAreNotForThePlainTaskApi() {
    Worker worker = store.register("w1", 1, "h");
    store.submit("j", job(2).build());
    TaskAcquireRequest.Builder acquire =
        TaskAcquireRequest.newBuilder().setLease(worker.getLease()).setOwner("me").setCreate(true);
    for (String name : new String[] {"j/s/0", "j/s/1", "j/anything"}) {
      refused(
          ErrorCode.WRONG_STATE,
          () ->
              store.apply(
                  context ->
                      store
                          .tasks()
                          .acquire(context, acquire.setName(JobRequests.taskName(name)).build())));
      refused(
          ErrorCode.WRONG_STATE,
          () ->
              store.apply(
                  context ->
                      store
                          .tasks()
                          .create(
                              context,
                              TaskCreateRequest.newBuilder()
                                  .setName(JobRequests.taskName(name))
                                  .build())));
    }
    TaskDeleteRequest delete =
        TaskDeleteRequest.newBuilder().setName(JobRequests.taskName("j/s/0")).build();
    refused(
        ErrorCode.WRONG_STATE, () -> store.apply(context -> store.tasks().delete(context, delete)));
  }

  @Test
  void aJobDoesNotTakeNamesOfTasksThatAreThere() {
    TaskCreateRequest create =
        TaskCreateRequest.newBuilder().setName(JobRequests.taskName("j/own")).build();
    store.apply(context -> store.tasks().create(context, create));
    refused(ErrorCode.TASK_EXISTS, () -> store.submit("j", job(1).build()));
    TaskDeleteRequest delete =
        TaskDeleteRequest.newBuilder().setName(JobRequests.taskName("j/own")).build();
    store.apply(context -> store.tasks().delete(context, delete));
    store.submit("j", job(1).build());
    while (store.collect(5)) {
      invariants.check(store);
    }
  }

  @Test
  void onePartitionCanBeCalledOff() {
    store.register("w1", 2, "h");
    store.submit("j", job(2).build());
    store.cancelTask("j/s/0");
    store.finish("j/s/1");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_CANCELLED);
    assertThat(store.job("j").getStages(0).getSucceeded()).isEqualTo(1);
  }

  @Test
  void jobsAreListedByName() {
    for (String name : new String[] {"b", "a2", "a1", "c"}) {
      store.submit(name, job(1).build());
    }
    store.run(JobRequests.cancel("a2"));
    JobListRequest.Builder list = JobListRequest.newBuilder().setNamespace("default");
    assertThat(names(list)).containsExactly("a1", "a2", "b", "c");
    assertThat(names(list.setNamePrefix("a"))).containsExactly("a1", "a2");
    assertThat(names(list.clearNamePrefix().addStates(JobState.JOB_CANCELLED)))
        .containsExactly("a2");
    JobListResponse only =
        store.ask(Query.newBuilder().setJobList(list.clone().setLimit(1))).getJobList();
    assertThat(only.getMore()).as("those behind it are in other states").isFalse();
    JobListResponse page =
        store.ask(Query.newBuilder().setJobList(list.clearStates().setLimit(2))).getJobList();
    assertThat(page.getMore()).isTrue();
    assertThat(names(list.setAfter(page.getLast()))).containsExactly("b", "c");
  }

  private List<String> names(JobListRequest.Builder list) {
    return store.ask(Query.newBuilder().setJobList(list)).getJobList().getJobsList().stream()
        .map(job -> job.getName().getName())
        .toList();
  }
}
