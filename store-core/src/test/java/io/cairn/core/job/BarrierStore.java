package io.cairn.core.job;

import static io.cairn.core.job.JobRequests.command;
import static io.cairn.core.job.JobRequests.jobName;
import static io.cairn.core.job.JobRequests.retrying;
import static io.cairn.core.job.JobRequests.taskName;

import com.google.protobuf.ByteString;
import io.cairn.core.task.TaskReads;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.BarrierAbortRequest;
import io.cairn.protocol.v1.BarrierPauseRequest;
import io.cairn.protocol.v1.BarrierPrepareRequest;
import io.cairn.protocol.v1.BarrierStartRequest;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.RecordWrite;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.TaskCheckpointsRequest;
import io.cairn.protocol.v1.TaskRecoverRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskSaveResponse;
import io.cairn.protocol.v1.TaskStageRequest;
import io.cairn.protocol.v1.TaskStageResponse;
import java.util.List;

/** A store with job "j", whose tasks are saved together. */
record BarrierStore(JobStore store) {
  static JobSpec.Builder spec(int partitions) {
    return retrying(partitions, 100)
        .setCheckpoints(CheckpointPolicy.newBuilder().setCoordinated(true).setKept(2));
  }

  /** Submits the job with so many partitions, all of which run on one worker "w". */
  void running(int partitions) {
    store.register("w", 128, "h");
    store.submit("j", spec(partitions).build());
    startAll();
  }

  /** Starts what has been dispatched. */
  void startAll() {
    store.live("j").forEach(store::start);
  }

  Barrier begin() {
    return store
        .run(command().setBarrierStart(BarrierStartRequest.newBuilder().setName(jobName("j"))))
        .getBarrier()
        .getBarrier();
  }

  Barrier pause(String task, long barrier) {
    return store
        .run(
            command()
                .setBarrierPause(
                    BarrierPauseRequest.newBuilder()
                        .setTask(taskName(task))
                        .setEpoch(store.task(task).getEpoch())
                        .setBarrier(barrier)))
        .getBarrier()
        .getBarrier();
  }

  Barrier prepare(BarrierPrepareRequest.Builder request) {
    return store.run(command().setBarrierPrepare(request)).getBarrier().getBarrier();
  }

  Barrier prepare(String task, long barrier, String state) {
    return prepare(preparation(task, barrier, state));
  }

  BarrierPrepareRequest.Builder preparation(String task, long barrier, String state) {
    return BarrierPrepareRequest.newBuilder()
        .setTask(taskName(task))
        .setEpoch(store.task(task).getEpoch())
        .setBarrier(barrier)
        .setCheckpoint(checkpoint(task, inline(state)));
  }

  CheckpointWrite.Builder checkpoint(String task, SectionWrite.Builder section) {
    return CheckpointWrite.newBuilder()
        .setSeq(store.task(task).getCheckpointSeq() + 1)
        .setTrigger("barrier")
        .setCoveredLsn(store.task(task).getLastLsn())
        .addSections(section);
  }

  static SectionWrite.Builder inline(String state) {
    return section(state).setInline(ByteString.copyFromUtf8(state));
  }

  static SectionWrite.Builder section(String state) {
    ByteString bytes = ByteString.copyFromUtf8(state);
    return SectionWrite.newBuilder()
        .setName("state")
        .setDigest(Sha256.of(bytes))
        .setLength(bytes.size());
  }

  Barrier abort(long barrier, String reason) {
    return store
        .run(
            command()
                .setBarrierAbort(
                    BarrierAbortRequest.newBuilder()
                        .setName(jobName("j"))
                        .setBarrier(barrier)
                        .setReason(reason)))
        .getBarrier()
        .getBarrier();
  }

  /** Takes a whole barrier; each task's state is its name and {@code text}. */
  Barrier take(String text) {
    long number = begin().getNumber();
    List<String> tasks = store.live("j");
    tasks.forEach(task -> pause(task, number));
    tasks.forEach(task -> prepare(task, number, task + text));
    return store.job("j").getBarrier();
  }

  /** Saves checkpoint 0 of a task, or another one, alone. */
  TaskSaveResponse save(String task, long seq, String state) {
    TaskSaveRequest request =
        TaskSaveRequest.newBuilder()
            .setName(taskName(task))
            .setEpoch(store.task(task).getEpoch())
            .setCheckpoint(checkpoint(task, inline(state)).setSeq(seq))
            .build();
    return store.apply(context -> store.tasks().save(context, request));
  }

  TaskSaveResponse append(String task, String record) {
    TaskSaveRequest request =
        TaskSaveRequest.newBuilder()
            .setName(taskName(task))
            .setEpoch(store.task(task).getEpoch())
            .setFirstLsn(store.task(task).getLastLsn() + 1)
            .addRecords(record(record))
            .build();
    return store.apply(context -> store.tasks().save(context, request));
  }

  static RecordWrite.Builder record(String text) {
    return RecordWrite.newBuilder().setPayload(ByteString.copyFromUtf8(text));
  }

  TaskStageResponse stage(String task, String section, String state) {
    TaskStageRequest request =
        TaskStageRequest.newBuilder()
            .setName(taskName(task))
            .setEpoch(store.task(task).getEpoch())
            .setSeq(store.task(task).getCheckpointSeq() + 1)
            .setSection(section)
            .setData(ByteString.copyFromUtf8(state))
            .build();
    return store.apply(context -> store.tasks().stage(context, request));
  }

  TaskRecoverResponse recover(String task) {
    return TaskReads.recover(
        store.rows(), TaskRecoverRequest.newBuilder().setName(taskName(task)).build());
  }

  List<Checkpoint> checkpoints(String task) {
    return TaskReads.checkpoints(
            store.rows(),
            TaskCheckpointsRequest.newBuilder().setName(taskName(task)).setSeq(-1).build())
        .getCheckpointsList();
  }
}
