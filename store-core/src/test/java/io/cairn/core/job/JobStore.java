package io.cairn.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.engine.Deadlines;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.task.TaskGarbage;
import io.cairn.core.task.TaskReads;
import io.cairn.core.task.TaskTable;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobGetRequest;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskGetRequest;
import io.cairn.protocol.v1.TaskListRequest;
import io.cairn.protocol.v1.TaskStartResponse;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;

/** Jobs, workers and their tasks over a real storage, one command at a time. */
final class JobStore implements AutoCloseable {
  private final RocksStorage storage;
  private final Supplier<JobPlane> planes;
  private JobPlane plane;
  private TaskTable tasks;
  private LeaseTable leases;
  private Batch batch;
  private long index;
  private List<TaskEvent> events = List.of();
  private final List<TaskEvent> allEvents = new ArrayList<>();

  JobStore(Path folder) {
    this(folder, JobPlane::new);
  }

  /** A store whose commands do no more than this at a time. */
  JobStore(Path folder, int rowsMax, int dispatchesMax) {
    this(folder, () -> new JobPlane(rowsMax, dispatchesMax));
  }

  private JobStore(Path folder, Supplier<JobPlane> planes) {
    this.planes = planes;
    plane = planes.get();
    tasks = new TaskTable(plane.tasks());
    leases = leases();
    storage =
        RocksStorage.open(
            folder,
            RocksSettings.small(),
            (what, cause) -> {
              throw new AssertionError(what, cause);
            });
    batch = storage.newBatch();
    batch.setCounter(Counter.LOG_TIME, 1_000);
  }

  /** Runs a command, and what follows from it. One that is refused must not have written. */
  <T> T apply(Function<ApplyContext, T> command) {
    ApplyContext context = new ApplyContext(batch, ++index, 1, 0);
    long writes = batch.writes();
    try {
      plane.begin(context);
      T result = command.apply(context);
      plane.settle(context);
      events = List.copyOf(context.taskEvents());
      allEvents.addAll(events);
      return result;
    } catch (Refusal refusal) {
      events = List.of();
      assertThat(batch.writes()).as("writes of a refused command").isEqualTo(writes);
      assertThat(context.taskEvents()).isEmpty();
      throw refusal;
    }
  }

  /** Runs a command of the job plane. */
  Outcome run(Command.Builder command) {
    Command built = command.build();
    return apply(context -> plane.run(context, built, Outcome.newBuilder())).build();
  }

  /** The refusal that a call meets, with its code. */
  static Refusal refused(ErrorCode code, Callable<?> call) {
    Refusal refusal = catchThrowableOfType(Refusal.class, call::call);
    assertThat(refusal).as("nothing was refused, expected " + code).isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    return refusal;
  }

  Job submit(String name, JobSpec spec) {
    return run(JobRequests.submit(name, "submission of " + name, spec)).getJobSubmit().getJob();
  }

  /** Registers a worker under a lease of its own, of 10 s. */
  Worker register(String id, int capacity, String... handlers) {
    return register(id, 10_000, capacity, handlers);
  }

  Worker register(String id, long ttlMillis, int capacity, String... handlers) {
    return run(JobRequests.register(id, lease(ttlMillis), capacity, handlers))
        .getWorker()
        .getWorker();
  }

  long lease(long ttlMillis) {
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTtlMillis(ttlMillis).build();
    return apply(context -> leases.grant(context, request)).getId();
  }

  void renew(long lease) {
    boolean renewed = apply(context -> LeaseTable.renew(context, lease));
    assertThat(renewed).isTrue();
  }

  void endLease(long lease) {
    apply(
        context -> {
          leases.revoke(context, lease);
          return true;
        });
  }

  TaskStartResponse start(String name) {
    return run(JobRequests.start(name, task(name).getEpoch())).getTaskStart();
  }

  /** Starts and completes a task. */
  Task finish(String name) {
    start(name);
    return complete(name);
  }

  Task complete(String name) {
    return complete(name, task(name).getEpoch());
  }

  Task complete(String name, long epoch) {
    return apply(context -> tasks.complete(context, JobRequests.complete(name, epoch)));
  }

  Task fail(String name, boolean retryable) {
    return fail(name, task(name).getEpoch(), retryable);
  }

  Task fail(String name, long epoch, boolean retryable) {
    return apply(context -> tasks.fail(context, JobRequests.fail(name, epoch, retryable)));
  }

  Task release(String name) {
    long epoch = task(name).getEpoch();
    return apply(context -> tasks.release(context, JobRequests.release(name, epoch)));
  }

  Task cancelTask(String name) {
    return apply(context -> tasks.cancel(context, JobRequests.cancelTask(name)));
  }

  TaskTable tasks() {
    return tasks;
  }

  Job job(String name) {
    return ask(Query.newBuilder()
            .setJobGet(JobGetRequest.newBuilder().setName(JobRequests.jobName(name))))
        .getJobGet();
  }

  QueryResult ask(Query.Builder query) {
    return JobReads.answer(batch, query.build(), QueryResult.newBuilder()).build();
  }

  Task task(String name) {
    return TaskReads.get(
        batch, TaskGetRequest.newBuilder().setName(JobRequests.taskName(name)).build());
  }

  List<Task> tasksOf(String prefix) {
    return TaskReads.list(
            batch,
            TaskListRequest.newBuilder()
                .setNamespace(JobRequests.NAMESPACE)
                .setNamePrefix(prefix)
                .build())
        .getTasksList();
  }

  /** Names of the tasks of a job that somebody has. */
  List<String> live(String job) {
    return tasksOf(job + "/").stream()
        .filter(task -> task.getLease() != 0)
        .map(task -> task.getName().getName())
        .toList();
  }

  List<TaskEvent> events() {
    return events;
  }

  /** Kinds and tasks of the last command's events. */
  List<String> eventKinds() {
    return events.stream()
        .map(event -> event.getEvent().getKind() + " " + event.getName().getName())
        .toList();
  }

  List<TaskEvent> allEvents() {
    return allEvents;
  }

  long now() {
    return batch.counter(Counter.LOG_TIME);
  }

  /** Log time goes on, and nothing else happens. */
  void pass(long millis) {
    batch.setCounter(Counter.LOG_TIME, now() + millis);
  }

  /** Log time goes on, and all that is due happens, as a leader would see to. */
  void advance(long millis) {
    pass(millis);
    expire();
  }

  /** All that is due happens; returns in how many steps. */
  int expire() {
    int steps = 0;
    List<Due> due = new Deadlines().due(batch, now()).getDueList();
    while (!due.isEmpty()) {
      assertThat(++steps).as("what is due does not end: " + due).isLessThan(10_000);
      expireOnce(due);
      due = new Deadlines().due(batch, now()).getDueList();
    }
    return steps;
  }

  void expireOnce(List<Due> due) {
    apply(
        context -> {
          for (Due one : due) {
            if (one.getKind() != Due.Kind.LEASE) {
              plane.due(context, one);
            } else if (!plane.isFull()) {
              leases.expire(context, one.getId(), one.getDeadlineMillis());
            }
          }
          return true;
        });
  }

  /** A new leader begins. */
  void leaderStart() {
    apply(
        context -> {
          batch.setCounter(Counter.FLOOR, now());
          return true;
        });
  }

  /** One step of housekeeping over deleted jobs and tasks; false if there was nothing to do. */
  boolean collect(int rowsMax) {
    List<byte[]> garbage = keys(ColumnFamily.GARBAGE);
    apply(
        context -> {
          for (byte[] item : garbage) {
            long id = KeyLayout.readLong(item, 1);
            int rows =
                item[0] == KeyLayout.GARBAGE_JOB
                    ? JobGarbage.collect(context, id, rowsMax)
                    : TaskGarbage.collect(context, id, rowsMax);
            if (rows < rowsMax) {
              context.batch().delete(ColumnFamily.GARBAGE, item);
            }
          }
          return true;
        });
    return !garbage.isEmpty();
  }

  /** Ends a batch. */
  void commit() {
    storage.commit(batch, index, 1);
    batch = storage.newBatch();
  }

  /** What is derived is forgotten, as by a restart. */
  void restart() {
    plane = planes.get();
    tasks = new TaskTable(plane.tasks());
    leases = leases();
    apply(context -> true); // what is derived is derived anew
  }

  /** The board as it was kept in step, and as its rows give it. */
  void checkBoard() {
    assertThat(plane.board()).isEqualTo(BoardRows.read(batch, new StoredJobs()).toString());
  }

  Batch rows() {
    return batch;
  }

  byte[] digest() {
    return storage.digest();
  }

  List<byte[]> keys(ColumnFamily family) {
    return keys(batch, family);
  }

  static List<byte[]> keys(ReadView view, ColumnFamily family) {
    List<byte[]> keys = new ArrayList<>();
    try (Cursor cursor = view.ascend(family, new byte[0], null)) {
      while (cursor.next()) {
        keys.add(cursor.key());
      }
    }
    return keys;
  }

  @Override
  public void close() {
    storage.close();
  }

  private LeaseTable leases() {
    return new LeaseTable(Map.of(KeyLayout.ITEM_TASK, tasks, KeyLayout.ITEM_WORKER, plane));
  }
}
