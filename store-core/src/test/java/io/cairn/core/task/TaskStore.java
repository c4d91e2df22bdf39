package io.cairn.core.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.StateDigest;
import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskGetRequest;
import io.cairn.protocol.v1.TaskLogRequest;
import io.cairn.protocol.v1.TaskRecoverRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskSaveResponse;
import io.cairn.protocol.v1.TaskSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** Tasks over a real storage, one command at a time; batches are cut where a test says. */
final class TaskStore implements AutoCloseable {
  private final RocksStorage storage;
  private final TaskTable table = new TaskTable(JobTasks.NONE);
  private final LeaseTable leases = new LeaseTable(Map.of(KeyLayout.ITEM_TASK, table));
  private Batch batch;
  private long index;
  private List<TaskEvent> events = List.of();

  TaskStore(Path folder) {
    storage =
        RocksStorage.open(
            folder,
            RocksSettings.small(),
            (what, cause) -> {
              throw new AssertionError(what, cause);
            });
    batch = storage.newBatch();
  }

  TaskTable table() {
    return table;
  }

  /** Runs a command. One that is refused must not have written. */
  <T> T apply(Function<ApplyContext, T> command) {
    ApplyContext context = new ApplyContext(batch, ++index, 1, 0);
    long writes = batch.writes();
    try {
      T result = command.apply(context);
      events = List.copyOf(context.taskEvents());
      return result;
    } catch (Refusal refusal) {
      events = List.of();
      assertThat(batch.writes()).as("writes of a refused command").isEqualTo(writes);
      assertThat(context.taskEvents()).isEmpty();
      throw refusal;
    }
  }

  /** Runs a command that must be told without a write what was told before. */
  <T> T applyAgain(Function<ApplyContext, T> command) {
    long writes = batch.writes();
    T result = apply(command);
    assertThat(batch.writes()).as("writes of a resend").isEqualTo(writes);
    assertThat(events).as("events of a resend").isEmpty();
    return result;
  }

  /** The refusal that a call meets, with its code. */
  static Refusal refused(ErrorCode code, Callable<?> call) {
    Refusal refusal = catchThrowableOfType(Refusal.class, call::call);
    assertThat(refusal).as("nothing was refused, expected " + code).isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    return refusal;
  }

  List<TaskEvent> events() {
    return events;
  }

  /** Kinds of the last command's events. */
  List<String> eventKinds() {
    return events.stream().map(event -> event.getEvent().getKind()).toList();
  }

  ReadView rows() {
    return batch;
  }

  View view() {
    return storage.view();
  }

  byte[] digest() {
    return storage.digest();
  }

  /** Ends a batch; its place in the log says nothing about where other stores end theirs. */
  void commit() {
    if (index > storage.appliedIndex()) {
      storage.commit(batch, index, 1);
      batch = storage.newBatch();
    }
  }

  void advance(long millis) {
    batch.setCounter(Counter.LOG_TIME, batch.counter(Counter.LOG_TIME) + millis);
  }

  long lease(long id, long ttlMillis) {
    LeaseGrantRequest request =
        LeaseGrantRequest.newBuilder().setId(id).setTtlMillis(ttlMillis).build();
    return apply(context -> leases.grant(context, request)).getId();
  }

  void endLease(long id) {
    apply(
        context -> {
          leases.revoke(context, id);
          return true;
        });
  }

  Task create(String name, TaskSpec spec) {
    TaskCreateRequest request =
        TaskCreateRequest.newBuilder().setName(Requests.name(name)).setSpec(spec).build();
    return apply(context -> table.create(context, request)).getTask();
  }

  TaskAcquireResponse tryAcquire(TaskAcquireRequest request) {
    return apply(context -> table.acquire(context, request));
  }

  /** Acquires, creating the task if need be, and returns the epoch. */
  long acquire(String name, long lease) {
    TaskAcquireResponse response = tryAcquire(Requests.acquire(name, lease));
    assertThat(response.getResult()).isEqualTo(TaskAcquireResponse.Result.ACQUIRED);
    return response.getTask().getEpoch();
  }

  TaskSaveResponse save(Requests.Save save) {
    return apply(context -> table.save(context, save.build()));
  }

  TaskSaveResponse saveAgain(Requests.Save save) {
    return applyAgain(context -> table.save(context, save.build()));
  }

  void stage(String name, long epoch, long seq, String section, String data) {
    apply(context -> table.stage(context, Requests.stage(name, epoch, seq, section, data)));
  }

  void stageAgain(String name, long epoch, long seq, String section, String data) {
    applyAgain(context -> table.stage(context, Requests.stage(name, epoch, seq, section, data)));
  }

  Task complete(String name, long epoch, String result) {
    return apply(context -> table.complete(context, Requests.complete(name, epoch, result)));
  }

  Task fail(String name, long epoch, boolean retryable) {
    return apply(context -> table.fail(context, Requests.fail(name, epoch, retryable)));
  }

  /** Fails the attempt, and plans the next recovery as a step of a policy says. */
  Task fault(String name, long epoch, RecoveryAction action, int rollbackBy) {
    RecoveryStep step =
        RecoveryStep.newBuilder().setAction(action).setRollbackBy(rollbackBy).build();
    return apply(
        context -> {
          TaskEdit edit = TaskEdit.require(batch, Requests.name(name));
          Fencing.check(edit.task(), epoch);
          RecoveryPlans.after(batch, edit.task(), step).ifPresent(edit.task()::setPlan);
          edit.store(batch);
          return table.fail(context, Requests.fail(name, epoch, true));
        });
  }

  TaskRecoverResponse recover(String name) {
    return TaskReads.recover(
        batch, TaskRecoverRequest.newBuilder().setName(Requests.name(name)).build());
  }

  Task release(String name, long epoch) {
    return apply(context -> table.release(context, Requests.release(name, epoch)));
  }

  Task cancel(String name) {
    return apply(context -> table.cancel(context, Requests.cancel(name)));
  }

  Task delete(String name) {
    return apply(context -> table.delete(context, Requests.delete(name)));
  }

  Task task(String name) {
    return TaskReads.get(batch, TaskGetRequest.newBuilder().setName(Requests.name(name)).build());
  }

  List<LogRecord> log(String name) {
    return TaskReads.log(batch, TaskLogRequest.newBuilder().setName(Requests.name(name)).build())
        .getRecordsList();
  }

  /** One step of housekeeping over all deleted tasks. */
  void collect(int rowsMax) {
    apply(
        context -> {
          List<byte[]> garbage = keys(ColumnFamily.GARBAGE);
          for (byte[] item : garbage) {
            if (TaskGarbage.collect(context, KeyLayout.readLong(item, 1), rowsMax) < rowsMax) {
              context.batch().delete(ColumnFamily.GARBAGE, item);
            }
          }
          return garbage;
        });
  }

  List<byte[]> keys(ColumnFamily family) {
    List<byte[]> keys = new ArrayList<>();
    try (Cursor cursor = batch.ascend(family, new byte[0], null)) {
      while (cursor.next()) {
        keys.add(cursor.key());
      }
    }
    return keys;
  }

  /** Rows of a family. */
  long count(ColumnFamily family) {
    return keys(family).size();
  }

  /** The digest of all logical rows, computed anew. */
  static byte[] recomputedDigest(ReadView view) {
    StateDigest digest = new StateDigest();
    for (ColumnFamily family : ColumnFamily.values()) {
      if (family.logical()) {
        try (Cursor cursor = view.ascend(family, new byte[0], null)) {
          while (cursor.next()) {
            digest.add(family, cursor.key(), cursor.value());
          }
        }
      }
    }
    return digest.toBytes();
  }

  @Override
  public void close() {
    storage.close();
  }
}
