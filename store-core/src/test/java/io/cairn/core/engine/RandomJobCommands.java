package io.cairn.core.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.core.task.TaskReads;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.JobCancelRequest;
import io.cairn.protocol.v1.JobDeleteRequest;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobRetryRequest;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobSubmitRequest;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskFailRequest;
import io.cairn.protocol.v1.TaskListRequest;
import io.cairn.protocol.v1.TaskProgress;
import io.cairn.protocol.v1.TaskStartRequest;
import io.cairn.protocol.v1.TaskVerdictRequest;
import io.cairn.protocol.v1.Verification;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerLeaveRequest;
import io.cairn.protocol.v1.WorkerLoad;
import io.cairn.protocol.v1.WorkerRegisterRequest;
import io.cairn.protocol.v1.WorkerReportRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands about few jobs and workers, made from what the rows say so that many are done. */
final class RandomJobCommands {
  private static final long[] LEASES = {11, 12, 13, 14, 15};

  private final Random random;
  private int submissions;

  RandomJobCommands(Random random) {
    this.random = random;
  }

  /** Puts a command into the builder. */
  void next(Command.Builder command, ReadView view, long timeMillis) {
    switch (random.nextInt(16)) {
      case 0 -> command.setJobSubmit(submit());
      case 1 -> ofJob(command);
      case 2 -> register(command);
      case 3, 4 -> report(command, view);
      case 5, 6, 7 -> command.setExpire(new Deadlines().due(view, timeMillis));
      default -> ofTask(command, view);
    }
  }

  private void ofTask(Command.Builder command, ReadView view) {
    List<Task> tasks = tasks(view);
    if (tasks.isEmpty()) {
      command.setJobSubmit(submit());
      return;
    }
    Task task = tasks.get(random.nextInt(tasks.size()));
    switch (random.nextInt(5)) {
      case 0, 1 ->
          command.setTaskStart(
              TaskStartRequest.newBuilder().setName(task.getName()).setEpoch(task.getEpoch()));
      case 2 ->
          command.setTaskFail(
              TaskFailRequest.newBuilder()
                  .setName(task.getName())
                  .setEpoch(task.getEpoch())
                  .setFault(Fault.newBuilder().setType("TASK_ERROR").setRetryable(true)));
      default -> end(command, task);
    }
  }

  /** By a result, of which one in four is another one; a comparison by a verdict. */
  private void end(Command.Builder command, Task task) {
    if (task.getJob().getReplica() > Limits.REPLICAS_MAX) {
      TaskVerdictRequest.Builder verdict =
          TaskVerdictRequest.newBuilder().setTask(task.getName()).setEpoch(task.getEpoch());
      command.setTaskVerdict(
          random.nextBoolean() ? verdict.addAccepted(0).addAccepted(1) : verdict);
      return;
    }
    ByteString result = ByteString.copyFromUtf8(random.nextInt(4) == 0 ? "lie" : "truth");
    command.setTaskComplete(
        TaskCompleteRequest.newBuilder()
            .setName(task.getName())
            .setEpoch(task.getEpoch())
            .setResult(result)
            .setResultDigest(Sha256.of(result)));
  }

  private void ofJob(Command.Builder command) {
    switch (random.nextInt(5)) {
      case 0 -> command.setJobCancel(JobCancelRequest.newBuilder().setName(job()));
      case 1, 2 -> command.setJobRetry(JobRetryRequest.newBuilder().setName(job()));
      default -> command.setJobDelete(JobDeleteRequest.newBuilder().setName(job()));
    }
  }

  private void register(Command.Builder command) {
    int number = random.nextInt(LEASES.length);
    if (random.nextInt(3) == 0) {
      command
          .getLeaseGrantBuilder()
          .setId(LEASES[number])
          .setTtlMillis(1_000 + random.nextInt(60_000));
      return;
    }
    command.setWorkerRegister(
        WorkerRegisterRequest.newBuilder()
            .setId("w" + number)
            .setNode("n" + number / 2)
            .setLease(LEASES[number])
            .setCapacity(1 + random.nextInt(3))
            .setSpare(number == 2)
            .addHandlers("h" + random.nextInt(2))
            .addHandlers("h2"));
  }

  private void report(Command.Builder command, ReadView view) {
    List<Worker> workers = workers(view);
    if (workers.isEmpty()) {
      register(command);
      return;
    }
    Worker worker = workers.get(random.nextInt(workers.size()));
    if (random.nextInt(20) == 0) {
      command.setWorkerLeave(
          WorkerLeaveRequest.newBuilder().setId(worker.getId()).setEpoch(worker.getEpoch()));
      return;
    }
    WorkerReportRequest.Builder report =
        WorkerReportRequest.newBuilder()
            .setId(worker.getId())
            .setEpoch(worker.getEpoch())
            .setLoad(WorkerLoad.newBuilder().setHeapPercent(random.nextInt(100)));
    for (Task task : tasks(view)) {
      report.addTasks(
          TaskProgress.newBuilder()
              .setName(task.getName())
              .setEpoch(task.getEpoch())
              .setProgress(random.nextInt(5)));
    }
    command.setWorkerReport(report);
  }

  private JobSubmitRequest submit() {
    JobSpec.Builder spec =
        JobSpec.newBuilder()
            .setContinueOnFailure(random.nextBoolean())
            .setKeepMillis(random.nextInt(2) * 2_000L)
            .setRetry(
                RetryPolicy.newBuilder()
                    .setAttemptsMax(1 + random.nextInt(4))
                    .setBackoffFirstMillis(random.nextInt(2) * 300L)
                    .setJitterPercent(50))
            .setDetection(
                Detection.newBuilder()
                    .setTtlMillis(1_000 + random.nextInt(4_000))
                    .setAckMillis(200 + random.nextInt(2_000))
                    .setNoProgressMillis(random.nextInt(2) * 700L)
                    .setSuspectMillisMax(random.nextInt(2) * 700L)
                    .setHeapPercentMax(random.nextInt(2) * 90));
    redundancy(spec);
    spec.addStages(stage("a"));
    if (random.nextBoolean()) {
      spec.addStages(stage("b").addAfter("a"));
    }
    return JobSubmitRequest.newBuilder()
        .setName(job())
        .setSubmission("s" + submissions++)
        .setSpec(spec)
        .build();
  }

  private void redundancy(JobSpec.Builder spec) {
    Redundancy.Builder redundancy = spec.getRedundancyBuilder();
    switch (random.nextInt(8)) {
      case 0 -> redundancy.setKind(Redundancy.Kind.STANDBY);
      case 1 -> redundancy.setKind(Redundancy.Kind.SPECULATE).setStragglerMillisMin(50);
      case 2 -> redundancy.setKind(Redundancy.Kind.REPLICAS).setReplicas(2 + random.nextInt(2));
      case 3 -> {
        redundancy.setKind(Redundancy.Kind.REPLICAS).setReplicas(2);
        spec.getVerificationBuilder()
            .setComparison(Verification.Comparison.CUSTOM)
            .setComparator("h2");
      }
      default -> {}
    }
  }

  private StageSpec.Builder stage(String name) {
    return StageSpec.newBuilder()
        .setName(name)
        .setHandler("h" + random.nextInt(3))
        .setPartitions(1 + random.nextInt(6));
  }

  private JobName job() {
    return JobName.newBuilder().setNamespace("jobs").setName("j" + random.nextInt(4)).build();
  }

  private static List<Task> tasks(ReadView view) {
    return TaskReads.list(view, TaskListRequest.newBuilder().setNamespace("jobs").build())
        .getTasksList()
        .stream()
        .filter(task -> task.getLease() != 0)
        .toList();
  }

  private static List<Worker> workers(ReadView view) {
    List<Worker> workers = new ArrayList<>();
    try (Cursor cursor = view.ascend(ColumnFamily.WORKER, new byte[0], null)) {
      while (cursor.next()) {
        workers.add(WorkerRow.parseFrom(cursor.value()).getWorker());
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return workers;
  }
}
