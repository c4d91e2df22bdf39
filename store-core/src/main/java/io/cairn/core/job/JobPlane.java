package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.lease.LeaseHolder;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.task.JobTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskEndings;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.BarrierResponse;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobResponse;
import io.cairn.protocol.v1.JobSubmitResponse;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.TaskResponse;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerResponse;

/**
 * Every command of jobs and workers, given to the table it belongs to. {@link #begin} comes before
 * each command, of any plane, and {@link #settle} behind each that was not refused: there the jobs
 * that it has touched go on, and tasks are dispatched. Applying thread only.
 */
public final class JobPlane implements LeaseHolder {
  /** Rows of tasks that one command looks at beside those it names. */
  private static final int ROWS_MAX = 4_000;

  private final Workspace workspace;
  private final Attempts attempts;
  private final Parts parts;
  private final JobLifecycle lifecycle;
  private final JobTable jobs;
  private final WorkerTable workers;
  private final WorkerReports reports;
  private final WorkerSweep sweep;
  private final TaskStarts starts;
  private final BarrierTable barriers;
  private final TaskVerdicts verdicts;
  private final Dispatch dispatch;
  private Runnable answer = () -> {};

  /** What several tables work with. */
  record Parts(
      Workspace workspace,
      TaskEndings endings,
      ReadyLists lists,
      Standbys standbys,
      Replicas replicas) {}

  /** A plane; all its state is in rows, what it keeps in memory is derived from them. */
  public JobPlane() {
    this(ROWS_MAX, Limits.DISPATCHES_MAX);
  }

  /** A plane with other bounds of what one command does, which all replicas must have alike. */
  JobPlane(int rowsMax, int dispatchesMax) {
    workspace = new Workspace(rowsMax);
    ReadyLists lists = new ReadyLists(workspace);
    Standbys standbys = new Standbys(workspace, lists);
    attempts = new Attempts(workspace, lists, standbys);
    TaskEndings endings = new TaskEndings(attempts);
    Replicas replicas = new Replicas(workspace, endings, lists);
    parts = new Parts(workspace, endings, lists, standbys, replicas);
    lifecycle = new JobLifecycle(parts);
    jobs = new JobTable(workspace, lifecycle);
    workers = new WorkerTable(parts);
    reports = new WorkerReports(workspace, workers);
    sweep = new WorkerSweep(parts, workers);
    starts = new TaskStarts(workspace, workers);
    barriers = new BarrierTable(workspace);
    verdicts = new TaskVerdicts(parts);
    dispatch = new Dispatch(parts, workers, dispatchesMax);
  }

  /** The jobs, as the task plane sees them. */
  public JobTasks tasks() {
    return attempts;
  }

  /** A command is about to run. */
  public void begin(ApplyContext context) {
    workspace.begin(context.batch());
    answer = () -> {};
  }

  /**
   * Runs a command of this plane and puts its result into {@code outcome}. What it says of a job is
   * put there by {@link #settle}: a job that is cancelled may have ended by then.
   */
  public Outcome.Builder run(ApplyContext context, Command command, Outcome.Builder outcome) {
    return switch (command.getOpCase()) {
      case TASK_START -> outcome.setTaskStart(starts.start(context, command.getTaskStart()));
      case TASK_VERDICT ->
          outcome.setTask(
              TaskResponse.newBuilder()
                  .setTask(verdicts.verdict(context, command.getTaskVerdict())));
      case JOB_SUBMIT -> {
        JobTable.Submitted submitted = jobs.submit(context, command.getJobSubmit());
        answer = () -> submitted(context, outcome, submitted.job(), submitted.created());
        yield outcome;
      }
      case JOB_CANCEL -> job(context, outcome, jobs.cancel(context, command.getJobCancel()));
      case JOB_RETRY -> job(context, outcome, jobs.retry(context, command.getJobRetry()));
      case JOB_DELETE -> job(context, outcome, jobs.delete(context, command.getJobDelete()));
      case WORKER_REGISTER ->
          worker(outcome, workers.register(context, command.getWorkerRegister()));
      case WORKER_REPORT ->
          outcome.setWorkerReport(reports.report(context, command.getWorkerReport()));
      case WORKER_DRAIN -> worker(outcome, workers.drain(context, command.getWorkerDrain()));
      case WORKER_LEAVE -> worker(outcome, workers.leave(context, command.getWorkerLeave()));
      case BARRIER_START -> barrier(outcome, barriers.start(context, command.getBarrierStart()));
      case BARRIER_PAUSE -> barrier(outcome, barriers.pause(context, command.getBarrierPause()));
      case BARRIER_PREPARE ->
          barrier(outcome, barriers.prepare(context, command.getBarrierPrepare()));
      case BARRIER_ABORT -> barrier(outcome, barriers.abort(context, command.getBarrierAbort()));
      default ->
          throw new Refusal(
              ErrorCode.UNKNOWN_COMMAND, command.getOpCase() + " is not offered by this version");
    };
  }

  /**
   * Answers a command that was applied before, and whose answer was too large to be kept, from what
   * the rows say now. Changes nothing.
   *
   * @param id of the command that was applied
   * @return false: it cannot be told any more
   */
  public boolean answerAgain(
      ApplyContext context, Command command, long id, Outcome.Builder outcome) {
    begin(context);
    try {
      switch (command.getOpCase()) {
        case TASK_START -> outcome.setTaskStart(starts.again(context, command.getTaskStart()));
        case JOB_SUBMIT -> {
          JobEdit job = jobs.submitted(context, command.getJobSubmit());
          submitted(context, outcome, job, job.id() == id);
        }
        case JOB_CANCEL -> again(context, outcome, command.getJobCancel().getName());
        case JOB_RETRY -> again(context, outcome, command.getJobRetry().getName());
        default -> {
          return false;
        }
      }
      return true;
    } catch (Refusal gone) {
      return false;
    }
  }

  private void again(ApplyContext context, Outcome.Builder outcome, JobName name) {
    JobEdit job = workspace.require(context, name);
    outcome.setJob(JobResponse.newBuilder().setJob(view(context, job)));
  }

  /** True if the command has looked at so many rows that more is to be left to the next one. */
  public boolean isFull() {
    return workspace.rowsLeft() <= 0;
  }

  /** Looks after what is due. */
  public void due(ApplyContext context, Due due) {
    switch (due.getKind()) {
      case WORKER_SWEEP -> sweep.due(context, due);
      case JOB_TICK -> jobs.tick(context, due);
      case TASK_RETRY -> retryDue(context, due);
      case DISPATCH -> workspace.touch();
      default -> throw new IllegalArgumentException(due.getKind() + " is not of this plane");
    }
  }

  @Override
  public void leaseEnded(ApplyContext context, long lease, byte[] name) {
    workers.leaseEnded(context, lease, name);
  }

  /** The command was done: jobs go on, tasks are dispatched, and what has changed is written. */
  public void settle(ApplyContext context) {
    if (workspace.touched()) {
      goOn(context);
    }
    answer.run();
  }

  private void goOn(ApplyContext context) {
    workers.relieveIdle(context);
    parts.replicas().settle(context);
    for (JobEdit job : workspace.open()) {
      lifecycle.advance(context, job);
    }
    dispatch.run(context);
    for (JobEdit job : workspace.open()) {
      job.store(context);
    }
  }

  /** Forgets what was derived: the rows have been replaced by a snapshot. */
  public void restored() {
    workspace.forget();
  }

  /** What is derived, as text: equal if it stands for the same. */
  String board() {
    return workspace.board().toString();
  }

  /** A task's pause is over. */
  private void retryDue(ApplyContext context, Due due) {
    Batch batch = context.batch();
    byte[] key =
        batch.get(ColumnFamily.DEADLINE, Attempts.retryKey(due.getDeadlineMillis(), due.getId()));
    if (key == null || due.getDeadlineMillis() > context.logTimeMillis()) {
      return; // cancelled by a command before this one
    }
    workspace.touch();
    TaskEdit edit = TaskEdit.find(batch, key).orElseThrow();
    JobEdit job = workspace.get(batch, edit.task().getJob().getId());
    if (!job.goesOn()) {
      parts.endings().cancel(context, edit);
      return;
    }
    parts.lists().unlist(context, job, edit.task());
    parts.lists().list(context, job, edit.task());
    edit.store(batch);
  }

  private Outcome.Builder job(ApplyContext context, Outcome.Builder outcome, JobEdit job) {
    answer = () -> outcome.setJob(JobResponse.newBuilder().setJob(view(context, job)));
    return outcome;
  }

  private static void submitted(
      ApplyContext context, Outcome.Builder outcome, JobEdit job, boolean created) {
    outcome.setJobSubmit(
        JobSubmitResponse.newBuilder().setJob(view(context, job)).setCreated(created));
  }

  private static Outcome.Builder barrier(Outcome.Builder outcome, Barrier barrier) {
    return outcome.setBarrier(BarrierResponse.newBuilder().setBarrier(barrier));
  }

  private static Outcome.Builder worker(Outcome.Builder outcome, Worker worker) {
    // What its owner has told is not told back: the answer is small enough to be kept.
    return outcome.setWorker(
        WorkerResponse.newBuilder().setWorker(worker.toBuilder().clearHandlers().clearLabels()));
  }

  private static Job view(ApplyContext context, JobEdit job) {
    return JobViews.of(context.batch(), job.job(), job.state().build());
  }
}
