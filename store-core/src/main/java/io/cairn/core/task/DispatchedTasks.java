package io.cairn.core.task;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskOfJob.Decision;
import io.cairn.protocol.v1.TaskSpec;
import io.cairn.protocol.v1.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What becomes of a job's task before its end: it is made, given to a worker, begun, suspected.
 * Each call must be allowed by {@link TaskTransitions} and cannot be refused. Applying thread only.
 */
public final class DispatchedTasks {
  /** In the ids of jobs' tasks, of which one command may make many: others have a command's id. */
  private static final long ID_OF_EPOCH = 1L << 62;

  private DispatchedTasks() {}

  /** A task that waits for its first dispatch beside others of its partition. */
  public static TaskEdit makeWaiting(
      ApplyContext context, TaskName name, TaskSpec spec, TaskOfJob ofJob) {
    TaskEdit edit = make(context, name, spec, ofJob);
    context.batch().addToCounter(Counter.EPOCH, 1); // so that no other is made with its id
    edit.store(context.batch());
    return edit;
  }

  /** A task that is to be claimed at once, for the first time; its row is not written yet. */
  public static TaskEdit make(ApplyContext context, TaskName name, TaskSpec spec, TaskOfJob ofJob) {
    // No other task is ever claimed under the epoch that comes next.
    long id = ID_OF_EPOCH | (context.batch().counter(Counter.EPOCH) + 1);
    Task task =
        Task.newBuilder()
            .setName(name)
            .setState(TaskState.PENDING)
            .setId(id)
            .setCheckpointSeq(-1)
            .setOldestCheckpointSeq(-1)
            .setFirstLsn(1)
            .setCreateTimeMillis(context.logTimeMillis())
            .setChangeTimeMillis(context.logTimeMillis())
            .setSpec(spec)
            .setJob(ofJob)
            .build();
    context.batch().addToCounter(Counter.TASKS, 1);
    return TaskEdit.created(TaskNames.key(name), task);
  }

  /** Gives the task to a worker under a new epoch; the worker is told by an event. */
  public static void claim(ApplyContext context, TaskEdit edit, String worker, long lease) {
    Batch batch = context.batch();
    StagedSections.drop(batch, edit, Set.of());
    // I4: drawn here, from a counter that no deletion sets back.
    edit.task()
        .setEpoch(batch.addToCounter(Counter.EPOCH, 1))
        .setAttempt(edit.task().getAttempt() + 1)
        .setOwner(worker)
        .setLease(lease);
    edit.move(context, TaskCause.DISPATCH);
    LeaseTable.attach(context, lease, KeyLayout.ITEM_TASK, edit.key());
    TaskHistory.append(context, edit, TaskHistory.Kind.CLAIMED);
    edit.store(batch);
  }

  /** Its worker has it. */
  public static void start(ApplyContext context, TaskEdit edit) {
    edit.task().getJobBuilder().setStartTimeMillis(context.logTimeMillis());
    edit.move(context, TaskCause.START);
    TaskHistory.push(context, edit, TaskHistory.Kind.STARTED);
    edit.store(context.batch());
  }

  /** Tells those who watch that the owner had lost its connection, and is back. */
  public static void reconnected(ApplyContext context, TaskEdit edit) {
    TaskHistory.push(context, edit, TaskHistory.Kind.RECONNECTED);
  }

  /** Its progress stands still. */
  public static void suspect(ApplyContext context, TaskEdit edit, String reason) {
    edit.task().getJobBuilder().setSuspectTimeMillis(context.logTimeMillis()).setReason(reason);
    edit.move(context, TaskCause.SUSPECT);
    TaskHistory.append(context, edit, TaskHistory.Kind.SUSPECTED);
    edit.store(context.batch());
  }

  /** Its progress goes on. */
  public static void relieve(ApplyContext context, TaskEdit edit) {
    edit.task().getJobBuilder().clearSuspectTimeMillis().clearReason();
    edit.move(context, TaskCause.RELIEVE);
    TaskHistory.append(context, edit, TaskHistory.Kind.RELIEVED);
    edit.store(context.batch());
  }

  /** It has ended, and waits again. */
  public static void rerun(ApplyContext context, TaskEdit edit) {
    edit.task().clearResult().clearResultDigest().clearResultValue().setHasResult(false);
    edit.task().getJobBuilder().clearReason().clearDecision();
    edit.move(context, TaskCause.RERUN);
    TaskHistory.append(context, edit, TaskHistory.Kind.RETRIED);
    edit.store(context.batch());
  }

  /** It had a result, which does not count any more: its job has gone back, and it waits again. */
  public static void reopen(ApplyContext context, TaskEdit edit) {
    edit.task()
        .setPlan(RecoveryPlans.newest(context.batch(), edit.task()))
        .clearResult()
        .clearResultDigest()
        .clearHasResult()
        .clearResultValue();
    edit.task().getJobBuilder().clearDecision();
    edit.move(context, TaskCause.REOPEN);
    TaskHistory.append(context, edit, TaskHistory.Kind.ROLLED_BACK);
    edit.store(context.batch());
  }

  /** Its result is the partition's. */
  public static void accept(ApplyContext context, TaskEdit edit) {
    edit.task().getJobBuilder().setDecision(Decision.ACCEPTED);
    TaskHistory.append(context, edit, TaskHistory.Kind.ACCEPTED);
    edit.store(context.batch());
  }

  /** Its result is not the accepted one, as its newest fault says. */
  public static void outvote(ApplyContext context, TaskEdit edit) {
    edit.task().getJobBuilder().setDecision(Decision.OUTVOTED);
    TaskHistory.append(context, edit, TaskHistory.Kind.OUTVOTED, edit.task().getFault());
    edit.store(context.batch());
  }

  /** Its result agrees with no others, as its newest fault says: it has failed. */
  public static void reject(ApplyContext context, TaskEdit edit) {
    edit.task().getJobBuilder().setDecision(Decision.OUTVOTED);
    edit.move(context, TaskCause.REJECT);
    TaskHistory.append(context, edit, TaskHistory.Kind.REJECTED, edit.task().getFault());
    edit.store(context.batch());
  }

  /** Its next attempt is to begin from nothing. */
  public static void distrust(ApplyContext context, TaskEdit edit) {
    RecoveryStep step = RecoveryStep.newBuilder().setAction(RecoveryAction.RESTART).build();
    RecoveryPlans.after(context.batch(), edit.task(), step).ifPresent(edit.task()::setPlan);
  }

  /** Takes away a task that nobody owns; its other rows are left to housekeeping. */
  public static void delete(ApplyContext context, TaskEdit edit) {
    Batch batch = context.batch();
    TaskHistory.push(context, edit, TaskHistory.Kind.DELETED);
    batch.delete(ColumnFamily.TASK, edit.key());
    batch.insert(
        ColumnFamily.GARBAGE, KeyLayout.garbage(KeyLayout.GARBAGE_TASK, edit.id()), new byte[0]);
    batch.addToCounter(Counter.TASKS, -1);
  }

  /** The tasks of jobs that hang on a lease, by name. */
  public static List<TaskEdit> onLease(ReadView view, long lease) {
    byte[] from = KeyLayout.leaseItem(lease, KeyLayout.ITEM_TASK, new byte[0]);
    List<TaskEdit> tasks = new ArrayList<>();
    try (Cursor cursor = view.ascend(ColumnFamily.LEASE_ITEM, from, KeyLayout.prefixEnd(from))) {
      while (cursor.next()) {
        TaskEdit.find(view, KeyLayout.nameOfLeaseItem(cursor.key()))
            .filter(edit -> edit.ofJob() && edit.task().getLease() == lease)
            .ifPresent(tasks::add);
      }
    }
    return tasks;
  }

  /** How many tasks hang on a lease. */
  public static int count(ReadView view, long lease) {
    byte[] from = KeyLayout.leaseItem(lease, KeyLayout.ITEM_TASK, new byte[0]);
    int count = 0;
    try (Cursor cursor = view.ascend(ColumnFamily.LEASE_ITEM, from, KeyLayout.prefixEnd(from))) {
      while (cursor.next()) {
        count++;
      }
    }
    return count;
  }
}
