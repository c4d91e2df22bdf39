package io.cairn.core.job;

import com.google.protobuf.ByteString;
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
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.TaskCancelRequest;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskFailRequest;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskProgress;
import io.cairn.protocol.v1.TaskReleaseRequest;
import io.cairn.protocol.v1.TaskStartRequest;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerDrainRequest;
import io.cairn.protocol.v1.WorkerLeaveRequest;
import io.cairn.protocol.v1.WorkerLoad;
import io.cairn.protocol.v1.WorkerRegisterRequest;
import io.cairn.protocol.v1.WorkerReportRequest;
import java.util.List;

/** Requests about jobs, of one namespace. */
final class JobRequests {
  static final String NAMESPACE = "default";

  private JobRequests() {}

  static JobName jobName(String name) {
    return JobName.newBuilder().setNamespace(NAMESPACE).setName(name).build();
  }

  static TaskName taskName(String name) {
    return TaskName.newBuilder().setNamespace(NAMESPACE).setName(name).build();
  }

  static Command.Builder command() {
    return Command.newBuilder().setGroup(1);
  }

  /** A job of one stage "s" for handler "h". */
  static JobSpec.Builder job(int partitions) {
    return JobSpec.newBuilder().addStages(stage("s", "h", partitions));
  }

  /** The same, whose tasks are dispatched again at once, so often. */
  static JobSpec.Builder retrying(int partitions, int attemptsMax) {
    return job(partitions).setRetry(RetryPolicy.newBuilder().setAttemptsMax(attemptsMax));
  }

  static JobSpec.Builder detecting(int partitions, Detection.Builder detection) {
    return retrying(partitions, 10).setDetection(detection);
  }

  static StageSpec.Builder stage(String name, String handler, int partitions, String... after) {
    return StageSpec.newBuilder()
        .setName(name)
        .setHandler(handler)
        .setPartitions(partitions)
        .addAllAfter(List.of(after));
  }

  static Command.Builder submit(String name, String submission, JobSpec spec) {
    return command()
        .setJobSubmit(
            JobSubmitRequest.newBuilder()
                .setName(jobName(name))
                .setSubmission(submission)
                .setSpec(spec));
  }

  static Command.Builder cancel(String job) {
    return command().setJobCancel(JobCancelRequest.newBuilder().setName(jobName(job)));
  }

  static Command.Builder retry(String job) {
    return command().setJobRetry(JobRetryRequest.newBuilder().setName(jobName(job)));
  }

  static Command.Builder delete(String job) {
    return command().setJobDelete(JobDeleteRequest.newBuilder().setName(jobName(job)));
  }

  static Command.Builder register(String id, long lease, int capacity, String... handlers) {
    return command()
        .setWorkerRegister(
            WorkerRegisterRequest.newBuilder()
                .setId(id)
                .setNode("node-of-" + id)
                .setLease(lease)
                .setCapacity(capacity)
                .addAllHandlers(List.of(handlers)));
  }

  static Command.Builder drain(Worker worker) {
    return command()
        .setWorkerDrain(
            WorkerDrainRequest.newBuilder().setId(worker.getId()).setEpoch(worker.getEpoch()));
  }

  static Command.Builder leave(Worker worker) {
    return command()
        .setWorkerLeave(
            WorkerLeaveRequest.newBuilder().setId(worker.getId()).setEpoch(worker.getEpoch()));
  }

  static Command.Builder report(Worker worker, WorkerLoad load, TaskProgress... tasks) {
    return command()
        .setWorkerReport(
            WorkerReportRequest.newBuilder()
                .setId(worker.getId())
                .setEpoch(worker.getEpoch())
                .setLoad(load)
                .addAllTasks(List.of(tasks)));
  }

  static TaskProgress progress(String task, long epoch, long progress) {
    return TaskProgress.newBuilder()
        .setName(taskName(task))
        .setEpoch(epoch)
        .setProgress(progress)
        .build();
  }

  static Command.Builder start(String task, long epoch) {
    return command()
        .setTaskStart(TaskStartRequest.newBuilder().setName(taskName(task)).setEpoch(epoch));
  }

  static TaskCompleteRequest complete(String task, long epoch) {
    ByteString result = ByteString.copyFromUtf8("result of " + task);
    return TaskCompleteRequest.newBuilder()
        .setName(taskName(task))
        .setEpoch(epoch)
        .setResult(result)
        .setResultDigest(Sha256.of(result))
        .build();
  }

  static TaskFailRequest fail(String task, long epoch, boolean retryable) {
    return TaskFailRequest.newBuilder()
        .setName(taskName(task))
        .setEpoch(epoch)
        .setFault(
            Fault.newBuilder()
                .setType("java.io.IOException")
                .setMessage("the line is torn")
                .setRetryable(retryable))
        .build();
  }

  static TaskReleaseRequest release(String task, long epoch) {
    return TaskReleaseRequest.newBuilder().setName(taskName(task)).setEpoch(epoch).build();
  }

  static TaskCancelRequest cancelTask(String task) {
    return TaskCancelRequest.newBuilder().setName(taskName(task)).build();
  }
}
