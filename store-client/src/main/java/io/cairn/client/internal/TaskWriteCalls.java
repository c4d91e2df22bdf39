package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.Fault;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.TaskSpec;
import io.cairn.client.TaskWrites;
import io.cairn.client.job.ResultValue;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.RecordWrite;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskFailRequest;
import io.cairn.protocol.v1.TaskHold;
import io.cairn.protocol.v1.TaskReleaseRequest;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskSaveResponse;
import io.cairn.protocol.v1.TaskStageRequest;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The owner's calls, each one command, unguarded. Any thread. */
final class TaskWriteCalls implements TaskWrites {
  private final Requests requests;

  TaskWriteCalls(Requests requests) {
    this.requests = requests;
  }

  @Override
  public CompletableFuture<Claim> acquire(
      TaskName name, long lease, String owner, Optional<TaskSpec> spec) {
    return KvCalls.checked(
        () ->
            requests
                .command(acquisition(name, lease, owner, spec))
                .thenApply(outcome -> claim(outcome.getTaskAcquire())));
  }

  @Override
  public CompletableFuture<Saved> save(
      TaskName name,
      long epoch,
      long firstLsn,
      List<Bytes> records,
      Optional<CheckpointDraft> checkpoint) {
    TaskSaveRequest.Builder save =
        TaskSaveRequest.newBuilder()
            .setName(TaskWire.name(name))
            .setEpoch(epoch)
            .setFirstLsn(firstLsn);
    records.forEach(
        record -> save.addRecords(RecordWrite.newBuilder().setPayload(KvWire.wire(record))));
    checkpoint.ifPresent(draft -> save.setCheckpoint(checkpoint(draft)));
    return send(name, Command.newBuilder().setTaskSave(save).build())
        .thenApply(
            outcome -> {
              TaskSaveResponse saved = outcome.getTaskSave();
              return new Saved(saved.getCheckpointSeq(), saved.getLastLsn(), saved.getTimeMillis());
            });
  }

  @Override
  public CompletableFuture<Void> stage(
      TaskName name, long epoch, long seq, String section, Bytes bytes) {
    return send(
            name,
            Command.newBuilder()
                .setTaskStage(
                    TaskStageRequest.newBuilder()
                        .setName(TaskWire.name(name))
                        .setEpoch(epoch)
                        .setSeq(seq)
                        .setSection(section)
                        .setData(KvWire.wire(bytes)))
                .build())
        .thenApply(outcome -> null);
  }

  @Override
  public CompletableFuture<Task> complete(TaskName name, long epoch, Bytes result) {
    return ended(name, completion(name, epoch, KvWire.wire(result)));
  }

  @Override
  public CompletableFuture<Task> fail(TaskName name, long epoch, Fault fault) {
    return KvCalls.checked(() -> ended(name, failure(name, epoch, fault)));
  }

  @Override
  public CompletableFuture<Task> release(TaskName name, long epoch) {
    return ended(name, release(new Hold.OwnedName(name, epoch)));
  }

  @Override
  public CompletableFuture<Boolean> holds(TaskName name, long epoch) {
    RenewRequest question =
        RenewRequest.newBuilder()
            .addTasks(TaskHold.newBuilder().setName(TaskWire.name(name)).setEpoch(epoch))
            .build();
    return requests
        .renew(question, requests.context().settings().requestTimeout())
        .thenApply(outcome -> outcome.getRenew().getTasksLostCount() == 0);
  }

  static Command acquisition(TaskName name, long lease, String owner, Optional<TaskSpec> spec) {
    Checked.task(name);
    Checked.name("owner", owner);
    TaskAcquireRequest.Builder acquire =
        TaskAcquireRequest.newBuilder()
            .setName(TaskWire.name(name))
            .setLease(lease)
            .setOwner(owner);
    spec.ifPresent(given -> acquire.setCreate(true).setSpec(TaskWire.spec(given)));
    return Command.newBuilder().setTaskAcquire(acquire).build();
  }

  static Claim claim(TaskAcquireResponse response) {
    Claim.Result result =
        switch (response.getResult()) {
          case ACQUIRED -> Claim.Result.ACQUIRED;
          case HELD -> Claim.Result.HELD;
          case COMPLETED -> Claim.Result.COMPLETED;
          case ENDED, UNRECOGNIZED -> Claim.Result.ENDED;
        };
    return new Claim(result, TaskWire.task(response.getTask()), response.getTtlLeftMillis());
  }

  static Command completion(TaskName name, long epoch, ByteString result) {
    return completion(name, epoch, result, Optional.empty());
  }

  static Command completion(
      TaskName name, long epoch, ByteString result, Optional<ResultValue> value) {
    TaskCompleteRequest.Builder complete =
        TaskCompleteRequest.newBuilder()
            .setName(TaskWire.name(name))
            .setEpoch(epoch)
            .setResult(result)
            .setResultDigest(Sha256.of(result));
    value.ifPresent(told -> complete.setValue(TaskWire.value(told)));
    return Command.newBuilder().setTaskComplete(complete).build();
  }

  static Command failure(TaskName name, long epoch, Fault fault) {
    return Command.newBuilder()
        .setTaskFail(
            TaskFailRequest.newBuilder()
                .setName(TaskWire.name(name))
                .setEpoch(epoch)
                .setFault(TaskWire.fault(fault)))
        .build();
  }

  static Command release(Hold.OwnedName owned) {
    return Command.newBuilder()
        .setTaskRelease(
            TaskReleaseRequest.newBuilder()
                .setName(TaskWire.name(owned.name()))
                .setEpoch(owned.epoch()))
        .build();
  }

  private static CheckpointWrite checkpoint(CheckpointDraft draft) {
    CheckpointWrite.Builder write =
        CheckpointWrite.newBuilder()
            .setSeq(draft.seq())
            .setTrigger(draft.trigger())
            .addAllLabels(TaskWire.labels(draft.labels()))
            .setCoveredLsn(draft.coveredLsn());
    new TreeMap<>(draft.sections())
        .forEach(
            (name, bytes) -> {
              ByteString inline = KvWire.wire(bytes);
              write.addSections(
                  SectionWrite.newBuilder()
                      .setName(name)
                      .setDigest(Sha256.of(inline))
                      .setLength(inline.size())
                      .setInline(inline));
            });
    return write.build();
  }

  private CompletableFuture<Task> ended(TaskName name, Command command) {
    return send(name, command).thenApply(outcome -> TaskWire.task(outcome.getTask().getTask()));
  }

  private CompletableFuture<io.cairn.protocol.v1.Outcome> send(TaskName name, Command command) {
    return KvCalls.checked(
        () -> {
          Checked.task(name);
          return requests.command(command);
        });
  }
}
