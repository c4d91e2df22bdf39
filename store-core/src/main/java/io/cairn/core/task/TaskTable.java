package io.cairn.core.task;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.lease.LeaseHolder;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.LeaseRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskCancelRequest;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskCreateResponse;
import io.cairn.protocol.v1.TaskDeleteRequest;
import io.cairn.protocol.v1.TaskFailRequest;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskReleaseRequest;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskSaveResponse;
import io.cairn.protocol.v1.TaskSpec;
import io.cairn.protocol.v1.TaskStageRequest;
import io.cairn.protocol.v1.TaskStageResponse;
import io.cairn.protocol.v1.TaskState;
import java.util.Optional;
import java.util.Set;

/**
 * The tasks: who owns which, under which epoch, and every command that changes one. Each command
 * checks all of itself before its first write. Applying thread only.
 *
 * <p>I4: an epoch is drawn from a counter of the group at each claim; it is live from there until
 * its owner ends it, its lease ends, or the task is cancelled. There is one row per task, and it
 * names one epoch.
 */
public final class TaskTable implements LeaseHolder {
  private final JobTasks jobs;
  private final TaskEndings endings;

  /** A table of tasks of which some belong to {@code jobs}; all its state is in the rows. */
  public TaskTable(JobTasks jobs) {
    this.jobs = jobs;
    this.endings = new TaskEndings(jobs);
  }

  /** Creates a task that waits for an owner. Refuses TASK_EXISTS if it is there and differs. */
  public TaskCreateResponse create(ApplyContext context, TaskCreateRequest request) {
    byte[] key = TaskNames.key(request.getName());
    CheckpointShape.check(request.getSpec());
    Optional<TaskEdit> there = TaskEdit.find(context.batch(), key);
    if (there.isPresent()) {
      there.get().requirePlain();
      if (!there.get().task().getSpec().equals(stored(request.getSpec()))) {
        throw new Refusal(
            ErrorCode.TASK_EXISTS,
            "task " + TaskNames.text(request.getName()) + " exists with another specification");
      }
      return TaskCreateResponse.newBuilder().setTask(answer(there.get().toTask())).build();
    }
    jobs.checkFree(context.batch(), request.getName());
    TaskEdit edit = createNew(context, key, request.getName(), request.getSpec());
    edit.store(context.batch());
    return TaskCreateResponse.newBuilder().setTask(edit.toTask()).setCreated(true).build();
  }

  /**
   * Makes the lease the owner of a task that has none, under a new epoch. A task that somebody owns
   * is HELD, also if it is the same lease: that would be a second run in one process, as a resend
   * of the same request does not come this far (I3). Refuses LEASE_NOT_FOUND, and TASK_NOT_FOUND
   * unless it may create.
   */
  public TaskAcquireResponse acquire(ApplyContext context, TaskAcquireRequest request) {
    Batch batch = context.batch();
    byte[] key = TaskNames.key(request.getName());
    Checks.name("owner", request.getOwner(), false);
    if (request.getCreate()) {
      CheckpointShape.check(request.getSpec());
    }
    LeaseTable.require(batch, request.getLease());
    Optional<TaskEdit> there = TaskEdit.find(batch, key);
    if (there.isPresent()) {
      there.get().requirePlain();
    } else if (request.getCreate()) {
      jobs.checkFree(batch, request.getName());
    } else {
      throw TaskRows.notFound(request.getName());
    }
    TaskEdit edit =
        there.isPresent()
            ? there.get()
            : createNew(context, key, request.getName(), request.getSpec());
    TaskState state = edit.task().getState();
    if (edit.live()) {
      Optional<LeaseRow> holding = LeaseTable.find(batch, edit.task().getLease());
      if (holding.isPresent()) {
        return held(context, edit, holding.get());
      }
      // The lease has ended, with more on it than one command may end: this task's turn is now.
      endings.lose(context, edit);
    } else if (state != TaskState.PENDING) {
      return TaskAcquireResponse.newBuilder()
          .setResult(
              state == TaskState.SUCCEEDED
                  ? TaskAcquireResponse.Result.COMPLETED
                  : TaskAcquireResponse.Result.ENDED)
          .setTask(edit.toTask())
          .build();
    }
    claim(context, edit, request);
    return TaskAcquireResponse.newBuilder()
        .setResult(TaskAcquireResponse.Result.ACQUIRED)
        .setTask(edit.toTask())
        .build();
  }

  /** Appends records and commits a checkpoint, either or both, as one. */
  public TaskSaveResponse save(ApplyContext context, TaskSaveRequest request) {
    Batch batch = context.batch();
    TaskEdit edit = TaskEdit.require(batch, request.getName());
    Fencing.check(edit.task(), request.getEpoch());
    if (!request.hasCheckpoint() && request.getRecordsCount() == 0) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "neither records nor a checkpoint to save");
    }
    WorkAccount.check(request.getStats());
    SentRecords sent =
        SentRecords.checked(request.getEpoch(), request.getFirstLsn(), request.getRecordsList());
    Optional<CheckpointWrite> write =
        request.hasCheckpoint() ? Optional.of(request.getCheckpoint()) : Optional.empty();
    if (edit.ofJob()) {
      jobs.checkWrite(context, edit, write.map(CheckpointWrite::getSeq).orElse(-1L));
    }
    SavePlan plan = SavePlan.of(batch, edit, sent, write);
    if (!plan.changes()) {
      return plan.answeredBefore(batch, edit);
    }
    TaskSaveResponse response = plan.write(context, edit);
    if (request.hasStats()) {
      WorkAccount.add(edit.task(), request.getStats());
    }
    edit.store(batch);
    return response;
  }

  /** Brings a section ahead of the checkpoint that will name it. */
  public TaskStageResponse stage(ApplyContext context, TaskStageRequest request) {
    TaskEdit edit = TaskEdit.require(context.batch(), request.getName());
    Fencing.check(edit.task(), request.getEpoch());
    if (edit.ofJob()) {
      jobs.checkWrite(context, edit, -1);
    }
    StagedSections.stage(context, edit, request);
    return TaskStageResponse.getDefaultInstance();
  }

  /** Ends the task with a result, after its last records and checkpoint if there are any. */
  public Task complete(ApplyContext context, TaskCompleteRequest request) {
    return answer(endings.complete(context, request));
  }

  /** Ends the attempt, and the task if the fault says that it cannot be tried again. */
  public Task fail(ApplyContext context, TaskFailRequest request) {
    return answer(endings.fail(context, request));
  }

  /** Gives the task back unfinished. */
  public Task release(ApplyContext context, TaskReleaseRequest request) {
    return answer(endings.release(context, request));
  }

  /**
   * Calls the task off; an owner is fenced from here. Refuses WRONG_STATE if it has ended, and for
   * a partition of a job that was never dispatched.
   */
  public Task cancel(ApplyContext context, TaskCancelRequest request) {
    byte[] key = TaskNames.key(request.getName());
    if (context.batch().get(ColumnFamily.TASK, key) == null) {
      jobs.checkMade(context.batch(), request.getName());
    }
    TaskEdit edit = TaskEdit.require(context.batch(), request.getName());
    edit.requireNext(TaskCause.CANCEL);
    return endings.cancel(context, edit);
  }

  /**
   * Takes away a task that nobody owns; its other rows are left to housekeeping. A task created
   * later under this name is another one, with another id. Refuses WRONG_STATE.
   */
  public Task delete(ApplyContext context, TaskDeleteRequest request) {
    Batch batch = context.batch();
    TaskEdit edit = TaskEdit.require(batch, request.getName());
    edit.requirePlain();
    if (edit.live()) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "task "
              + TaskNames.text(request.getName())
              + " is "
              + edit.task().getState()
              + " under epoch "
              + edit.task().getEpoch()
              + ": release or cancel it first");
    }
    DispatchedTasks.delete(context, edit);
    return answer(edit.toTask());
  }

  @Override
  public void leaseEnded(ApplyContext context, long lease, byte[] name) {
    Optional<TaskEdit> there = TaskEdit.find(context.batch(), name);
    if (there.isEmpty() || !there.get().live() || there.get().task().getLease() != lease) {
      return;
    }
    if (there.get().ofJob()) {
      throw new IllegalStateException(
          "the lease of task "
              + TaskNames.text(there.get().task().getName())
              + " ended, and its worker did not");
    }
    endings.lose(context, there.get());
  }

  /** The task, if the epoch is live for it; what a heartbeat asks. */
  public Optional<Task> hold(ReadView view, TaskName name, long epoch) {
    byte[] bytes = view.get(ColumnFamily.TASK, KeyLayout.task(name.getNamespace(), name.getName()));
    return Optional.ofNullable(bytes)
        .map(row -> TaskRows.task(row).getTask())
        .filter(task -> Fencing.live(task, epoch));
  }

  /** True if the epoch is live for the task. */
  public boolean holds(ReadView view, TaskName name, long epoch) {
    return hold(view, name, epoch).isPresent();
  }

  private static TaskEdit createNew(
      ApplyContext context, byte[] key, TaskName name, TaskSpec spec) {
    Task task =
        Task.newBuilder()
            .setName(name)
            .setState(TaskState.PENDING)
            .setId(context.commandId())
            .setCheckpointSeq(-1)
            .setOldestCheckpointSeq(-1)
            .setFirstLsn(1)
            .setCreateTimeMillis(context.logTimeMillis())
            .setChangeTimeMillis(context.logTimeMillis())
            .setSpec(stored(spec))
            .build();
    TaskEdit edit = TaskEdit.created(key, task);
    context.batch().addToCounter(Counter.TASKS, 1);
    TaskHistory.append(context, edit, TaskHistory.Kind.CREATED);
    return edit;
  }

  private static TaskAcquireResponse held(ApplyContext context, TaskEdit edit, LeaseRow holding) {
    long left = LeaseTable.deadlineMillis(context.batch(), holding) - context.logTimeMillis();
    return TaskAcquireResponse.newBuilder()
        .setResult(TaskAcquireResponse.Result.HELD)
        .setTask(edit.toTask())
        .setTtlLeftMillis(Math.max(0, left))
        .build();
  }

  private static void claim(ApplyContext context, TaskEdit edit, TaskAcquireRequest request) {
    Batch batch = context.batch();
    StagedSections.drop(batch, edit, Set.of());
    // I4: drawn here, where the claim succeeds, from a counter that no deletion sets back.
    long epoch = batch.addToCounter(Counter.EPOCH, 1);
    edit.task()
        .setEpoch(epoch)
        .setAttempt(edit.task().getAttempt() + 1)
        .setOwner(request.getOwner())
        .setLease(request.getLease());
    edit.move(context, TaskCause.ACQUIRE);
    LeaseTable.attach(context, request.getLease(), KeyLayout.ITEM_TASK, edit.key());
    TaskHistory.append(context, edit, TaskHistory.Kind.ACQUIRED);
    edit.store(batch);
  }

  /** As it is kept: what the default is now stays this task's number for good. */
  private static TaskSpec stored(TaskSpec spec) {
    return spec.getCheckpointsKept() > 0
        ? spec
        : spec.toBuilder().setCheckpointsKept(Limits.CHECKPOINTS_KEPT_DEFAULT).build();
  }

  /** Without the result's bytes, which would make the outcome too large to be kept. */
  private static Task answer(Task task) {
    return task.toBuilder().clearResult().build();
  }
}
