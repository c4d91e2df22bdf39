package io.cairn.core.engine;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.apply.SessionTable;
import io.cairn.core.job.JobPlane;
import io.cairn.core.kv.KvTable;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.task.TaskTable;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CloseSessionResponse;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.Expire;
import io.cairn.protocol.v1.InternalResponse;
import io.cairn.protocol.v1.LeaseRevokeResponse;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.RenewResponse;
import io.cairn.protocol.v1.TaskHold;
import io.cairn.protocol.v1.TaskResponse;
import java.util.Map;

/**
 * Gives each command to the table it belongs to. A switch without default: a forgotten command does
 * not compile.
 */
final class CommandRunner {
  private final SessionTable sessions;
  private final LeaseTable leases;
  private final KvTable kv;
  private final TaskTable tasks;
  private final JobPlane jobs = new JobPlane();
  private final MemberTable members = new MemberTable();
  private final Housekeeping housekeeping;

  CommandRunner(SessionTable sessions) {
    this.sessions = sessions;
    this.kv = new KvTable();
    this.tasks = new TaskTable(jobs.tasks());
    this.leases =
        new LeaseTable(
            Map.of(
                KeyLayout.ITEM_KEY, kv, KeyLayout.ITEM_TASK, tasks, KeyLayout.ITEM_WORKER, jobs));
    this.housekeeping = new Housekeeping(sessions, leases);
  }

  /** Runs the command, and what follows from it, and puts its result into {@code outcome}. */
  void run(ApplyContext context, Command command, Outcome.Builder outcome) {
    jobs.begin(context);
    Outcome.Builder done = dispatch(context, command, outcome);
    assert done == outcome;
    jobs.settle(context);
  }

  /**
   * The outcome of a command that was applied before and whose answer was not kept, made anew from
   * rows; as it was kept, if they do not tell it.
   */
  Outcome answerAgain(ApplyContext context, Command command, Outcome kept) {
    Outcome.Builder outcome =
        Outcome.newBuilder().setIndex(kept.getIndex()).setRevision(kept.getRevision());
    return jobs.answerAgain(context, command, kept.getCommandId(), outcome)
        ? outcome.build()
        : kept;
  }

  /** The rows have been replaced by a snapshot. */
  void restored() {
    jobs.restored();
  }

  private Outcome.Builder dispatch(ApplyContext context, Command command, Outcome.Builder outcome) {
    return switch (command.getOpCase()) {
      case OPEN_SESSION -> outcome.setOpenSession(sessions.open(context, command.getOpenSession()));
      case CLOSE_SESSION -> {
        sessions.close(context, command.getSession());
        yield outcome.setCloseSession(CloseSessionResponse.getDefaultInstance());
      }
      case RENEW -> outcome.setRenew(renew(context, command.getRenew()));
      case LEASE_GRANT -> outcome.setLeaseGrant(leases.grant(context, command.getLeaseGrant()));
      case LEASE_REVOKE -> {
        leases.revoke(context, command.getLeaseRevoke().getId());
        yield outcome.setLeaseRevoke(LeaseRevokeResponse.getDefaultInstance());
      }
      case PUT -> outcome.setPut(kv.put(context, command.getPut()));
      case DELETE_RANGE ->
          outcome.setDeleteRange(kv.deleteRange(context, command.getDeleteRange()));
      case TXN -> outcome.setTxn(kv.txn(context, command.getTxn()));
      case COMPACT -> outcome.setCompact(kv.compact(context, command.getCompact()));
      case LOCK -> outcome.setLock(kv.lock(context, command.getLock()));
      case TASK_CREATE -> outcome.setTaskCreate(tasks.create(context, command.getTaskCreate()));
      case TASK_ACQUIRE -> outcome.setTaskAcquire(tasks.acquire(context, command.getTaskAcquire()));
      case TASK_SAVE -> outcome.setTaskSave(tasks.save(context, command.getTaskSave()));
      case TASK_STAGE -> outcome.setTaskStage(tasks.stage(context, command.getTaskStage()));
      case TASK_COMPLETE ->
          outcome.setTask(response(tasks.complete(context, command.getTaskComplete())));
      case TASK_FAIL -> outcome.setTask(response(tasks.fail(context, command.getTaskFail())));
      case TASK_RELEASE ->
          outcome.setTask(response(tasks.release(context, command.getTaskRelease())));
      case TASK_CANCEL -> outcome.setTask(response(tasks.cancel(context, command.getTaskCancel())));
      case TASK_DELETE -> outcome.setTask(response(tasks.delete(context, command.getTaskDelete())));
      case TASK_START,
          TASK_VERDICT,
          JOB_SUBMIT,
          JOB_CANCEL,
          JOB_RETRY,
          JOB_DELETE,
          BARRIER_START,
          BARRIER_PAUSE,
          BARRIER_PREPARE,
          BARRIER_ABORT,
          WORKER_REGISTER,
          WORKER_REPORT,
          WORKER_DRAIN,
          WORKER_LEAVE ->
          jobs.run(context, command, outcome);
      case LEADER_START -> {
        // I10: whatever was left of a time to live under the last leader, it starts anew.
        context.batch().setCounter(Counter.FLOOR, context.logTimeMillis());
        yield changed(outcome, true);
      }
      case EXPIRE -> {
        expire(context, command.getExpire());
        yield changed(outcome, true);
      }
      case HOUSEKEEP ->
          outcome.setHousekeep(housekeeping.step(context, command.getHousekeep().getRowsMax()));
      case MEMBER_PUT -> changed(outcome, members.put(context, command.getMemberPut().getMember()));
      case MEMBER_REMOVE ->
          changed(outcome, members.remove(context, command.getMemberRemove().getName()));
      case MEMBER_JOINED -> changed(outcome, members.joined(context, command.getMemberJoined()));
      case OP_NOT_SET ->
          throw new UnknownEntryException("a command of no type at index " + context.index());
    };
  }

  private RenewResponse renew(ApplyContext context, RenewRequest request) {
    int items = request.getLeasesCount() + request.getTasksCount();
    if (items > Limits.RENEW_ITEMS_MAX) {
      throw new Refusal(
          ErrorCode.TOO_LARGE,
          "a renewal of " + items + " items, at most " + Limits.RENEW_ITEMS_MAX,
          Limits.RENEW_ITEMS_MAX,
          items);
    }
    RenewResponse.Builder response = RenewResponse.newBuilder();
    for (long lease : request.getLeasesList()) {
      if (!LeaseTable.renew(context, lease)) {
        response.addLeasesLost(lease);
      }
    }
    for (TaskHold hold : request.getTasksList()) {
      if (!tasks.holds(context.batch(), hold.getName(), hold.getEpoch())) {
        response.addTasksLost(hold);
      }
    }
    return response.build();
  }

  private void expire(ApplyContext context, Expire expire) {
    for (Due due : expire.getDueList()) {
      switch (due.getKind()) {
        case LEASE -> {
          if (!jobs.isFull()) { // else its deadline row stays, and the next Expire finds it
            leases.expire(context, due.getId(), due.getDeadlineMillis());
          }
        }
        case SESSION -> sessions.expire(context, due.getId(), due.getDeadlineMillis());
        case WORKER_SWEEP, TASK_RETRY, JOB_TICK, DISPATCH -> jobs.due(context, due);
        case UNRECOGNIZED ->
            throw new UnknownEntryException(
                "an expiry of unknown kind " + due.getKindValue() + " at index " + context.index());
      }
    }
  }

  private static TaskResponse response(io.cairn.protocol.v1.Task task) {
    return TaskResponse.newBuilder().setTask(task).build();
  }

  private static Outcome.Builder changed(Outcome.Builder outcome, boolean changed) {
    return outcome.setInternal(InternalResponse.newBuilder().setChanged(changed));
  }
}
