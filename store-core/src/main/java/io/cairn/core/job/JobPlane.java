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
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.Job;
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
  private final TaskVerdicts verdicts;
  private final Dispatch dispatch;

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
  }

  /** Runs a command of this plane and puts its result into {@code outcome}. */
  public Outcome.Builder run(ApplyContext context, Command command, Outcome.Builder outcome) {
    return switch (command.getOpCase()) {
      case TASK_START -> outcome.setTaskStart(starts.start(context, command.getTaskStart()));
      case TASK_VERDICT ->
          outcome.setTask(
              TaskResponse.newBuilder()
                  .setTask(verdicts.verdict(context, command.getTaskVerdict())));
      case JOB_SUBMIT -> {
        JobTable.Submitted submitted = jobs.submit(context, command.getJobSubmit());
        yield outcome.setJobSubmit(
            JobSubmitResponse.newBuilder()
                .setJob(answer(context, submitted.job()))
                .setCreated(submitted.created()));
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
      default ->
          throw new Refusal(
              ErrorCode.UNKNOWN_COMMAND, command.getOpCase() + " is not offered by this version");
    };
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
    if (!workspace.touched()) {
      return;
    }
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

  private static Outcome.Builder job(ApplyContext context, Outcome.Builder outcome, JobEdit job) {
    return outcome.setJob(JobResponse.newBuilder().setJob(answer(context, job)));
  }

  private static Outcome.Builder worker(Outcome.Builder outcome, Worker worker) {
    return outcome.setWorker(WorkerResponse.newBuilder().setWorker(worker));
  }

  private static Job answer(ApplyContext context, JobEdit job) {
    return JobViews.of(context.batch(), job.job(), job.state().build());
  }
}
