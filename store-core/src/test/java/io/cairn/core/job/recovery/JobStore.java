package io.cairn.core.job.recovery;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.v1.JobRow;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.FaultRecord;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPolicy;
import io.cairn.protocol.v1.RecoveryRule;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A job with one task over a real storage: rows put there by hand, faults as they are applied. */
final class JobStore implements AutoCloseable {
  static final long JOB = 7;
  static final long TASK = 42;
  static final TaskName TASK_NAME =
      TaskName.newBuilder().setNamespace("default").setName("job/stage/0").build();
  static final JobName JOB_NAME =
      JobName.newBuilder().setNamespace("default").setName("job").build();

  private final RocksStorage storage;
  private final Batch batch;
  private final TaskRow.Builder row;
  private final JobSpec spec;

  JobStore(Path folder, JobSpec spec) {
    storage =
        RocksStorage.open(
            folder,
            RocksSettings.small(),
            (what, cause) -> {
              throw new AssertionError(what, cause);
            });
    batch = storage.newBatch();
    batch.setCounter(Counter.LOG_TIME, 1_000);
    this.spec = spec;
    row =
        TaskRow.newBuilder()
            .setTask(
                Task.newBuilder()
                    .setName(TASK_NAME)
                    .setState(TaskState.RUNNING)
                    .setId(TASK)
                    .setAttempt(1)
                    .setCheckpointSeq(-1)
                    .setOldestCheckpointSeq(-1)
                    .setFirstLsn(1)
                    .setJob(
                        TaskOfJob.newBuilder()
                            .setJob("job")
                            .setId(JOB)
                            .setStage("stage")
                            .setWorker("worker-1")
                            .setNode("node-1")));
    batch.insert(ColumnFamily.JOB_NAME, KeyLayout.jobName("default", "job"), KeyLayout.id(JOB));
    batch.insert(
        ColumnFamily.JOB,
        KeyLayout.id(JOB),
        JobRow.newBuilder().setName(JOB_NAME).setSpec(spec).build().toByteArray());
  }

  static JobSpec spec(RecoveryRule... rules) {
    return JobSpec.newBuilder()
        .setRetry(RetryPolicy.newBuilder().setBackoffPercent(100))
        .setRecovery(RecoveryPolicy.newBuilder().addAllRules(Arrays.asList(rules)))
        .build();
  }

  static JobSpec defaults() {
    return JobSpec.newBuilder()
        .setRetry(RecoveryDefaults.retry())
        .setRecovery(RecoveryDefaults.recovery())
        .build();
  }

  static RecoveryRule.Builder rule(RecoveryStep... steps) {
    return RecoveryRule.newBuilder().addAllSteps(List.of(steps));
  }

  static RecoveryStep step(RecoveryAction action, int times) {
    return RecoveryStep.newBuilder().setAction(action).setTimes(times).build();
  }

  static RecoveryStep fail() {
    return step(RecoveryAction.FAIL, 0);
  }

  static Fault fault(String type) {
    return Fault.newBuilder().setType(type).setRetryable(true).build();
  }

  /** A fault whose most exact place is of this kind. */
  static Fault fault(String type, FaultPlace.Kind kind) {
    FaultPlace.Builder place = FaultPlace.newBuilder();
    if (kind.compareTo(FaultPlace.Kind.NODE) >= 0) {
      place.setNode("node-1");
    }
    if (kind.compareTo(FaultPlace.Kind.WORKER) >= 0) {
      place.setWorker("worker-1");
    }
    if (kind.compareTo(FaultPlace.Kind.PARTITION) >= 0) {
      place.setPartition("stage/0");
    }
    if (kind.compareTo(FaultPlace.Kind.PATH) >= 0) {
      place.setPath("/data/in.csv");
    }
    if (kind == FaultPlace.Kind.ITEM) {
      place.setItem(ByteString.copyFromUtf8("line 7"));
    }
    return fault(type).toBuilder().setPlace(place).build();
  }

  static Fault atItem(String type, String item) {
    return fault(type).toBuilder()
        .setPlace(FaultPlace.newBuilder().setItem(ByteString.copyFromUtf8(item)))
        .build();
  }

  TaskRow.Builder row() {
    return row;
  }

  Task.Builder task() {
    return row.getTaskBuilder();
  }

  ReadView rows() {
    return batch;
  }

  /** What would be done; nothing may change by asking. */
  Decision decide(Fault fault) {
    long writes = batch.writes();
    TaskRow before = row.build();
    Decision decision = RecoveryPolicies.decide(batch, spec, row, fault);
    assert batch.writes() == writes && row.build().equals(before) : "a decision changes nothing";
    return decision;
  }

  /** Decides and applies. */
  Decision happens(Fault fault) {
    Decision decision = decide(fault);
    Recovery.apply(new ApplyContext(batch, 1, 1, 0), row, decision, fault);
    task().setAttempt(task().getAttempt() + 1);
    return decision;
  }

  /** Puts the task's row where queries find it. */
  void storeTask() {
    batch.put(
        ColumnFamily.TASK,
        KeyLayout.task(TASK_NAME.getNamespace(), TASK_NAME.getName()),
        row.build().toByteArray());
  }

  void storeFault(long job, long number) {
    FaultRecord fault =
        FaultRecord.newBuilder().setNumber(number).setTask(TASK_NAME).setStage("stage").build();
    batch.insert(ColumnFamily.JOB_FAULT, KeyLayout.pair(job, number), fault.toByteArray());
  }

  @Override
  public void close() {
    storage.close();
  }
}
