package io.cairn.core.job;

import static io.cairn.core.job.JobRequests.job;
import static io.cairn.core.job.JobRequests.progress;
import static io.cairn.core.job.JobRequests.report;
import static io.cairn.core.job.JobRequests.retrying;
import static io.cairn.core.job.JobStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskProgress;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerHealth;
import io.cairn.protocol.v1.WorkerListRequest;
import io.cairn.protocol.v1.WorkerListResponse;
import io.cairn.protocol.v1.WorkerLoad;
import io.cairn.protocol.v1.WorkerReportResponse;
import io.cairn.protocol.v1.WorkerTasksRequest;
import io.cairn.protocol.v1.WorkerTasksResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How workers come, tell of themselves, and go. */
class WorkerTableTest {
  @TempDir Path folder;
  private final JobInvariants invariants = new JobInvariants();
  private JobStore store;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
  }

  @AfterEach
  void close() {
    invariants.check(store);
    store.close();
  }

  @Test
  void aWorkerWhoseLeaseEndsIsGoneAndItsTasksAreLost() {
    Worker worker = store.register("w1", 2, "h");
    store.submit("j", retrying(2, 9).build());
    store.start("j/s/0");
    store.endLease(worker.getLease());
    assertThat(store.eventKinds()).containsExactly("LOST j/s/0", "LOST j/s/1");
    Task lost = store.task("j/s/0");
    assertThat(lost.getState()).isEqualTo(TaskState.PENDING);
    assertThat(lost.getFault().getType()).isEqualTo("PROCESS_LOST");
    assertThat(lost.getFault().getPlace().getNode()).isEqualTo("node-of-w1");
    assertThat(lost.getFault().getPlace().getWorker()).isEqualTo("w1");
    assertThat(lost.getFault().getPlace().getPartition()).as("it is not to blame").isEmpty();
    assertThat(lost.getFault().getAction()).isEqualTo("RESUME");
    assertThat(store.keys(ColumnFamily.WORKER)).isEmpty();
    assertThat(store.job("j").getStats().getFaults()).isEqualTo(2);
    assertThat(store.job("j").getStages(0).getPending()).isEqualTo(2);
    refused(ErrorCode.FENCED, () -> store.complete("j/s/0", 2));
  }

  @Test
  void aLostTaskGoesOnElsewhereUnderANewEpoch() {
    Worker first = store.register("w1", 1, "h");
    store.submit("j", retrying(1, 9).build());
    long epoch = store.task("j/s/0").getEpoch();
    store.register("w2", 1, "h");
    store.endLease(first.getLease());
    Task task = store.task("j/s/0");
    assertThat(task.getOwner()).isEqualTo("w2");
    assertThat(task.getEpoch()).isGreaterThan(epoch);
    assertThat(store.eventKinds()).containsExactly("LOST j/s/0", "CLAIMED j/s/0");
    assertThat(store.events()).last().extracting(TaskEvent::getLease).isEqualTo(task.getLease());
  }

  @Test
  void anIdThatIsTakenFencesWhoHadIt() {
    Worker older = store.register("w1", 1, "h");
    store.submit("j", retrying(1, 9).build());
    long epoch = store.task("j/s/0").getEpoch();
    Worker newer = store.register("w1", 1, "h");
    assertThat(newer.getEpoch()).isGreaterThan(older.getEpoch());
    assertThat(store.task("j/s/0").getLease()).isEqualTo(newer.getLease());
    refused(ErrorCode.FENCED, () -> store.complete("j/s/0", epoch));
    refused(ErrorCode.FENCED, () -> store.run(JobRequests.drain(older)));
    assertThat(store.live("j")).hasSize(1);
    assertThat(LeaseTable.find(store.rows(), older.getLease()))
        .as("an idle worker learns by its next heartbeat that it is replaced")
        .isEmpty();
    assertThat(store.rows().counter(Counter.LEASES)).isEqualTo(1);
  }

  @Test
  void aLeaseKeepsOneWorker() {
    Worker worker = store.register("w1", 1, "h");
    refused(
        ErrorCode.WRONG_STATE,
        () -> store.run(JobRequests.register("w2", worker.getLease(), 1, "h")));
    refused(
        ErrorCode.LEASE_NOT_FOUND, () -> store.run(JobRequests.register("w2", 999_999, 1, "h")));
    assertThat(store.run(JobRequests.register("w1", worker.getLease(), 3, "h")).getWorker())
        .extracting(response -> response.getWorker().getCapacity())
        .isEqualTo(3);
  }

  @Test
  void aDrainingWorkerKeepsWhatItHasAndGetsNothingNew() {
    Worker worker = store.register("w1", 2, "h");
    store.submit("j", job(3).build());
    assertThat(store.run(JobRequests.drain(worker)).getWorker().getWorker().getHealth())
        .isEqualTo(WorkerHealth.DRAINING);
    store.finish("j/s/0");
    assertThat(store.live("j")).containsExactly("j/s/1");
    store.run(report(worker, WorkerLoad.getDefaultInstance()));
    assertThat(store.live("j")).containsExactly("j/s/1");
    store.register("w2", 1, "h");
    assertThat(store.live("j")).containsExactly("j/s/1", "j/s/2");
  }

  @Test
  void aWorkerThatLeavesGivesItsTasksBackWithoutAFault() {
    Worker worker = store.register("w1", 1, "h");
    store.submit("j", retrying(1, 1).build());
    store.start("j/s/0");
    store.run(JobRequests.leave(worker));
    assertThat(store.eventKinds()).containsExactly("RELEASED j/s/0");
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.PENDING);
    assertThat(store.job("j").getStats().getFaults()).isZero();
    refused(ErrorCode.WORKER_NOT_FOUND, () -> store.run(JobRequests.leave(worker)));
    store.register("w2", 1, "h");
    store.finish("j/s/0");
  }

  @Test
  void aReportRenewsTheLeaseAndTellsWhatIsLost() {
    Worker worker = store.register("w1", 5_000, 2, "h");
    store.submit("j", job(2).build());
    long epoch = store.task("j/s/0").getEpoch();
    store.cancelTask("j/s/0");
    store.pass(4_000);
    WorkerReportResponse response =
        store
            .run(
                report(
                    worker,
                    WorkerLoad.newBuilder().setHeapPercent(10).build(),
                    progress("j/s/0", epoch, 1),
                    progress("j/s/1", store.task("j/s/1").getEpoch(), 1),
                    progress("j/s/9", 7, 1)))
            .getWorkerReport();
    assertThat(response.getLostList())
        .extracting(lost -> lost.getName().getName())
        .containsExactly("j/s/0", "j/s/9");
    assertThat(response.getHealth()).isEqualTo(WorkerHealth.HEALTHY);
    store.advance(4_000);
    assertThat(store.keys(ColumnFamily.WORKER)).as("its lease was renewed").hasSize(1);
    store.advance(1_001);
    assertThat(store.keys(ColumnFamily.WORKER)).isEmpty();
  }

  @Test
  void aReportOfATaskThatAnotherWorkerOwnsChangesNothing() {
    store.register("w1", 1, "h");
    store.submit("j", job(1).build());
    Worker other = store.register("w2", 1, "h");
    Task owned = store.task("j/s/0");
    store.pass(1_000);
    WorkerReportResponse response =
        store
            .run(
                report(
                    other, WorkerLoad.getDefaultInstance(), progress("j/s/0", owned.getEpoch(), 7)))
            .getWorkerReport();
    assertThat(response.getLostList())
        .extracting(lost -> lost.getName().getName())
        .as("it is told that the task is not its own")
        .containsExactly("j/s/0");
    assertThat(store.task("j/s/0")).isEqualTo(owned);
  }

  @Test
  void aLostConnectionIsToldOnceToThoseWhoWatchItsTasks() {
    Worker worker = store.register("w1", 2, "h");
    store.submit("j", job(2).build());
    WorkerLoad lostOnce = WorkerLoad.newBuilder().setConnectionsLost(1).build();
    TaskProgress held = progress("j/s/0", store.task("j/s/0").getEpoch(), 1);
    store.run(report(worker, WorkerLoad.getDefaultInstance(), held));
    assertThat(store.events()).isEmpty();
    store.run(report(worker, lostOnce, held));
    assertThat(store.events()).hasSize(1);
    assertThat(store.events().get(0).getEvent().getKind()).isEqualTo("RECONNECTED");
    assertThat(store.events().get(0).getName().getName()).isEqualTo("j/s/0");
    store.run(report(worker, lostOnce, held));
    assertThat(store.events()).isEmpty();

    WorkerLoad lostTwice = WorkerLoad.newBuilder().setConnectionsLost(2).build();
    TaskProgress begunSince = progress("j/s/1", store.task("j/s/1").getEpoch(), 1);
    store.run(report(worker, lostTwice, held, begunSince));
    assertThat(store.events())
        .extracting(event -> event.getName().getName())
        .as("a task that was never told of was not cut off")
        .containsExactly("j/s/0");
  }

  @Test
  void aWorkerOverAThresholdOfItsJobsGetsNothingNew() {
    Worker worker = store.register("w1", 2, "h");
    store.submit("j", job(4).setDetection(Detection.newBuilder().setHeapPercentMax(80)).build());
    long epoch = store.task("j/s/0").getEpoch();
    WorkerLoad high = WorkerLoad.newBuilder().setHeapPercent(81).build();
    WorkerLoad low = WorkerLoad.newBuilder().setHeapPercent(80).build();
    assertThat(store.run(report(worker, high)).getWorkerReport().getHealth())
        .as("it names no task, so no job's threshold counts")
        .isEqualTo(WorkerHealth.HEALTHY);
    Command.Builder strained = report(worker, high, progress("j/s/0", epoch, 1));
    assertThat(store.run(strained).getWorkerReport().getHealth()).isEqualTo(WorkerHealth.STRAINED);
    assertThat(workers().getWorkers(0).getReason()).isEqualTo("heap over 80 %");
    store.finish("j/s/1");
    assertThat(store.live("j")).containsExactly("j/s/0");
    store.run(report(worker, low, progress("j/s/0", epoch, 2)));
    assertThat(store.live("j")).containsExactly("j/s/0", "j/s/2");
  }

  @Test
  void aWorkerWithoutTasksIsStrainedByNoJob() {
    Worker worker = store.register("w1", 1, "h");
    store.submit("j", job(2).setDetection(Detection.newBuilder().setHeapPercentMax(80)).build());
    long epoch = store.task("j/s/0").getEpoch();
    WorkerLoad high = WorkerLoad.newBuilder().setHeapPercent(81).build();
    store.run(report(worker, high, progress("j/s/0", epoch, 1)));
    assertThat(workers().getWorkers(0).getHealth()).isEqualTo(WorkerHealth.STRAINED);
    store.finish("j/s/0");
    assertThat(store.live("j")).as("it may never report again").containsExactly("j/s/1");
    assertThat(workers().getWorkers(0).getHealth()).isEqualTo(WorkerHealth.HEALTHY);
  }

  @Test
  void registrationsThatNoWorkerCanHaveAreRefused() {
    long lease = store.lease(10_000);
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.run(JobRequests.register("", lease, 1, "h")));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.run(JobRequests.register("w", lease, 0, "h")));
    refused(ErrorCode.TOO_LARGE, () -> store.run(JobRequests.register("w", lease, 1_025, "h")));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.run(JobRequests.register("w", lease, 1)));
    refused(
        ErrorCode.INVALID_ARGUMENT, () -> store.run(JobRequests.register("w", lease, 1, "h", "h")));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.run(JobRequests.register("w", lease, 1, "")));
  }

  @Test
  void workersAndTheirTasksCanBeAskedFor() {
    Worker worker = store.register("w1", 2, "h");
    store.register("w2", 1, "other");
    store.submit("j", job(2).build());
    store.start("j/s/1");
    store.run(
        report(
            worker,
            WorkerLoad.newBuilder().setCpuPercent(30).build(),
            progress("j/s/1", store.task("j/s/1").getEpoch(), 5)));
    List<Worker> listed = workers().getWorkersList();
    assertThat(listed).extracting(Worker::getId).containsExactly("w1", "w2");
    assertThat(listed.get(0).getRunning()).isEqualTo(2);
    assertThat(listed.get(0).getLoad().getCpuPercent()).isEqualTo(30);
    WorkerTasksRequest.Builder ask =
        WorkerTasksRequest.newBuilder().setId("w1").setEpoch(worker.getEpoch());
    WorkerTasksResponse tasks = store.ask(Query.newBuilder().setWorkerTasks(ask)).getWorkerTasks();
    assertThat(tasks.getTasksList())
        .extracting(Task::getState)
        .containsExactly(TaskState.CLAIMED, TaskState.RUNNING);
    assertThat(tasks.getProgress(0).getProgress()).isEqualTo(5);
    refused(
        ErrorCode.FENCED,
        () -> store.ask(Query.newBuilder().setWorkerTasks(ask.setEpoch(worker.getEpoch() + 1))));
  }

  private WorkerListResponse workers() {
    return store
        .ask(Query.newBuilder().setWorkerList(WorkerListRequest.getDefaultInstance()))
        .getWorkerList();
  }
}
