package io.cairn.core.job;

import com.google.protobuf.ByteString;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.ResultField;
import io.cairn.protocol.v1.ResultValue;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskOfJob.Decision;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.TaskVerdictRequest;
import io.cairn.protocol.v1.Verification;
import io.cairn.protocol.v1.Worker;
import java.util.List;

/** Jobs with redundancy, and results that agree or do not. */
final class RedundancyRequests {
  private RedundancyRequests() {}

  static JobSpec.Builder standby(int partitions) {
    return with(partitions, Redundancy.newBuilder().setKind(Redundancy.Kind.STANDBY));
  }

  static JobSpec.Builder speculate(int partitions, int percent, long millisMin) {
    return with(
        partitions,
        Redundancy.newBuilder()
            .setKind(Redundancy.Kind.SPECULATE)
            .setStragglerPercent(percent)
            .setStragglerMillisMin(millisMin));
  }

  static JobSpec.Builder replicas(int partitions, int count) {
    return with(
        partitions, Redundancy.newBuilder().setKind(Redundancy.Kind.REPLICAS).setReplicas(count));
  }

  static JobSpec.Builder replicas(int partitions, int count, Verification.Builder verification) {
    return replicas(partitions, count).setVerification(verification);
  }

  static Verification.Builder comparing(Verification.Comparison comparison) {
    return Verification.newBuilder().setComparison(comparison);
  }

  private static JobSpec.Builder with(int partitions, Redundancy.Builder redundancy) {
    return JobRequests.retrying(partitions, 10).setRedundancy(redundancy);
  }

  /** Workers "w1" to "wN" for handler "h", each on a node of its own. */
  static List<Worker> workers(JobStore store, int count, int capacity) {
    return java.util.stream.IntStream.rangeClosed(1, count)
        .mapToObj(number -> store.register("w" + number, capacity, "h"))
        .toList();
  }

  static ResultValue number(double number) {
    return ResultValue.newBuilder().setHasNumber(true).setNumber(number).build();
  }

  static ResultField field(String name, double number) {
    return ResultField.newBuilder().setName(name).setNumber(number).build();
  }

  static ResultField field(String name, String text) {
    return ResultField.newBuilder().setName(name).setText(text).build();
  }

  static ResultValue fields(ResultField... fields) {
    return ResultValue.newBuilder().addAllFields(List.of(fields)).build();
  }

  /** Starts a task, if it is not running yet, and ends it with this result. */
  static Task finish(JobStore store, String name, String result) {
    return finish(store, name, result, ResultValue.getDefaultInstance());
  }

  static Task finish(JobStore store, String name, String result, ResultValue value) {
    if (store.task(name).getState() == TaskState.CLAIMED) {
      store.start(name);
    }
    return complete(store, name, store.task(name).getEpoch(), result, value);
  }

  static Task complete(JobStore store, String name, long epoch, String result, ResultValue value) {
    ByteString bytes = ByteString.copyFromUtf8(result);
    TaskCompleteRequest.Builder request =
        TaskCompleteRequest.newBuilder()
            .setName(JobRequests.taskName(name))
            .setEpoch(epoch)
            .setResult(bytes)
            .setResultDigest(Sha256.of(bytes));
    if (!value.equals(ResultValue.getDefaultInstance())) {
      request.setValue(value);
    }
    return store.apply(context -> store.tasks().complete(context, request.build()));
  }

  static Task verdict(JobStore store, String name, Integer... accepted) {
    return store
        .run(
            JobRequests.command()
                .setTaskVerdict(
                    TaskVerdictRequest.newBuilder()
                        .setTask(JobRequests.taskName(name))
                        .setEpoch(store.task(name).getEpoch())
                        .addAllAccepted(List.of(accepted))))
        .getTask()
        .getTask();
  }

  /** Tasks of a job with their states and decisions. */
  static List<String> decisions(JobStore store, String job) {
    return store.tasksOf(job + "/").stream()
        .map(
            task ->
                task.getName().getName()
                    + " "
                    + task.getState()
                    + (task.getJob().getDecision() == Decision.UNDECIDED
                        ? ""
                        : " " + task.getJob().getDecision()))
        .toList();
  }

  /** Kinds and workers of a job's faults, oldest first. */
  static List<String> faults(JobStore store, String job) {
    return store
        .ask(
            io.cairn.protocol.v1.Query.newBuilder()
                .setFaultList(
                    io.cairn.protocol.v1.FaultListRequest.newBuilder()
                        .setJob(JobRequests.jobName(job))))
        .getFaultList()
        .getFaultsList()
        .stream()
        .map(
            fault ->
                fault.getFault().getType()
                    + " "
                    + fault.getFault().getPlace().getWorker()
                    + "@"
                    + fault.getFault().getPlace().getNode())
        .toList();
  }
}
