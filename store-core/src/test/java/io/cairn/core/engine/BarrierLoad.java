package io.cairn.core.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.task.TaskReads;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.BarrierAbortRequest;
import io.cairn.protocol.v1.BarrierPauseRequest;
import io.cairn.protocol.v1.BarrierPrepareRequest;
import io.cairn.protocol.v1.BarrierStartRequest;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobCancelRequest;
import io.cairn.protocol.v1.JobDeleteRequest;
import io.cairn.protocol.v1.JobGetRequest;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobRetryRequest;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobSubmitRequest;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.LeaseRevokeRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.RecordWrite;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskFailRequest;
import io.cairn.protocol.v1.TaskListRequest;
import io.cairn.protocol.v1.TaskReleaseRequest;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskStartRequest;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.WorkerRegisterRequest;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Commands of owners, workers and clients of job "j", whose tasks are saved together. They are made
 * from what the state is, so that barriers come to their end between faults of all kinds; some are
 * of owners that are none any more. Seeded.
 */
final class BarrierLoad {
  static final int TASKS = 6;
  static final String NAMESPACE = "default";
  private static final int WORKERS = 3;

  private final Random random;
  private final Deadlines deadlines = new Deadlines();

  BarrierLoad(long seed) {
    this.random = new Random(seed);
  }

  /** The command that comes next. */
  Command next(ReadView view, long timeMillis) {
    Command.Builder command = EngineHarness.command();
    Optional<Job> job = job(view);
    if (job.isEmpty()) {
      return command.setJobSubmit(submission()).build();
    }
    int choice = random.nextInt(100);
    List<Task> live = tasks(view).stream().filter(task -> task.getLease() != 0).toList();
    int missing = missingWorker(view);
    if (missing > 0 && choice < 50) {
      worker(command, missing, random.nextInt(2));
    } else if (choice < 6) {
      worker(command, 1 + random.nextInt(WORKERS), random.nextInt(60));
    } else if (choice < 16 || (live.isEmpty() && choice < 95)) {
      deadlines.nearestMillis(view);
      command.setExpire(deadlines.due(view, timeMillis));
    } else if (choice < 18 || live.isEmpty()) {
      rare(command, job.get());
    } else if (choice < 22) {
      command.setBarrierStart(BarrierStartRequest.newBuilder().setName(name()));
    } else {
      owner(command, job.get(), live.get(random.nextInt(live.size())));
    }
    return command.build();
  }

  /** Each worker keeps a lease of its own number, which lives on while it sends something. */
  private void worker(Command.Builder command, int number, int what) {
    switch (what) {
      case 0 ->
          command.setLeaseGrant(LeaseGrantRequest.newBuilder().setId(number).setTtlMillis(20_000));
      case 1 ->
          command.setWorkerRegister(
              WorkerRegisterRequest.newBuilder()
                  .setId("w" + number)
                  .setLease(number)
                  .setCapacity(3)
                  .addHandlers("h"));
      default -> command.setRenew(RenewRequest.newBuilder().addLeases(number));
    }
  }

  /** A worker that is not registered; 0: all are. */
  private static int missingWorker(ReadView view) {
    for (int number = 1; number <= WORKERS; number++) {
      if (view.get(ColumnFamily.WORKER, KeyLayout.worker("w" + number)) == null) {
        return number;
      }
    }
    return 0;
  }

  private void rare(Command.Builder command, Job job) {
    switch (random.nextInt(12)) {
      case 0 ->
          command.setLeaseRevoke(
              LeaseRevokeRequest.newBuilder().setId(1 + random.nextInt(WORKERS)));
      case 1, 2 -> command.setJobDelete(JobDeleteRequest.newBuilder().setName(name()));
      case 3, 4, 5, 6 -> command.setJobRetry(JobRetryRequest.newBuilder().setName(name()));
      case 7 ->
          command.setBarrierAbort(
              BarrierAbortRequest.newBuilder()
                  .setName(name())
                  .setBarrier(job.getBarrier().getNumber()));
      case 8 -> {
        if (random.nextInt(6) == 0) {
          command.setJobCancel(JobCancelRequest.newBuilder().setName(name()));
        } else {
          command.setBarrierStart(BarrierStartRequest.newBuilder().setName(name()));
        }
      }
      default -> command.setRenew(RenewRequest.newBuilder().addLeases(1).addLeases(2).addLeases(3));
    }
  }

  private void owner(Command.Builder command, Job job, Task task) {
    long epoch = random.nextInt(20) == 0 ? 1 + random.nextInt(50) : task.getEpoch();
    if (task.getState() == TaskState.CLAIMED && random.nextInt(10) > 0) {
      command.setTaskStart(TaskStartRequest.newBuilder().setName(task.getName()).setEpoch(epoch));
      return;
    }
    long barrier = job.getBarrier().getNumber() - (random.nextInt(20) == 0 ? 1 : 0);
    int choice = random.nextInt(100);
    if (choice < 1) {
      end(command, task, epoch);
    } else if (choice < 20) {
      save(command, task, epoch);
    } else if (job.getBarrier().getPhase() == Barrier.Phase.PAUSING) {
      command.setBarrierPause(
          BarrierPauseRequest.newBuilder()
              .setTask(task.getName())
              .setEpoch(epoch)
              .setBarrier(barrier));
    } else {
      command.setBarrierPrepare(
          BarrierPrepareRequest.newBuilder()
              .setTask(task.getName())
              .setEpoch(epoch)
              .setBarrier(barrier)
              .setCheckpoint(checkpoint(task, stateAt(barrier))));
    }
  }

  private void end(Command.Builder command, Task task, long epoch) {
    switch (random.nextInt(4)) {
      case 0 ->
          command.setTaskComplete(
              TaskCompleteRequest.newBuilder()
                  .setName(task.getName())
                  .setEpoch(epoch)
                  .setResult(ByteString.copyFromUtf8("r"))
                  .setResultDigest(Sha256.of(ByteString.copyFromUtf8("r"))));
      case 1 ->
          command.setTaskRelease(
              TaskReleaseRequest.newBuilder().setName(task.getName()).setEpoch(epoch));
      default ->
          command.setTaskFail(
              TaskFailRequest.newBuilder()
                  .setName(task.getName())
                  .setEpoch(epoch)
                  .setFault(
                      Fault.newBuilder()
                          .setType("TASK_ERROR")
                          .setRetryable(random.nextInt(40) > 0)));
    }
  }

  private void save(Command.Builder command, Task task, long epoch) {
    TaskSaveRequest.Builder save =
        TaskSaveRequest.newBuilder().setName(task.getName()).setEpoch(epoch);
    if (random.nextInt(4) == 0) {
      save.setCheckpoint(checkpoint(task, stateAt(0)));
    } else {
      save.setFirstLsn(task.getLastLsn() + 1)
          .addRecords(RecordWrite.newBuilder().setPayload(ByteString.copyFromUtf8("x")));
    }
    command.setTaskSave(save);
  }

  private static CheckpointWrite.Builder checkpoint(Task task, ByteString state) {
    return CheckpointWrite.newBuilder()
        .setSeq(task.getCheckpointSeq() + 1)
        .setCoveredLsn(task.getLastLsn())
        .addSections(
            SectionWrite.newBuilder()
                .setName("state")
                .setInline(state)
                .setLength(state.size())
                .setDigest(Sha256.of(state)));
  }

  /** What each task's state is at a barrier. */
  static ByteString stateAt(long barrier) {
    return ByteString.copyFromUtf8("at barrier " + barrier);
  }

  static JobName name() {
    return JobName.newBuilder().setNamespace(NAMESPACE).setName("j").build();
  }

  static List<Task> tasks(ReadView view) {
    return TaskReads.list(
            view, TaskListRequest.newBuilder().setNamespace(NAMESPACE).setNamePrefix("j/").build())
        .getTasksList();
  }

  static Optional<Job> job(ReadView view) {
    QueryResult result =
        Queries.run(
            view,
            0,
            Query.newBuilder().setJobGet(JobGetRequest.newBuilder().setName(name())).build());
    return result.hasError() ? Optional.empty() : Optional.of(result.getJobGet());
  }

  static JobStateRow state(ReadView view, Job job) {
    try {
      return JobStateRow.parseFrom(view.get(ColumnFamily.JOB_STATE, KeyLayout.id(job.getId())));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private JobSubmitRequest.Builder submission() {
    return JobSubmitRequest.newBuilder()
        .setName(name())
        .setSubmission("s")
        .setSpec(
            JobSpec.newBuilder()
                .addStages(StageSpec.newBuilder().setName("s").setHandler("h").setPartitions(TASKS))
                .setRetry(RetryPolicy.newBuilder().setBackoffFirstMillis(random.nextInt(3) * 20L))
                .setCheckpoints(
                    CheckpointPolicy.newBuilder()
                        .setCoordinated(true)
                        .setKept(1 + random.nextInt(3))
                        .setBarrierMillis(random.nextInt(2) * 400L)
                        .setBarrierTimeoutMillis(600)));
  }
}
