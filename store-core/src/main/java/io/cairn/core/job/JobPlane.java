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
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.BarrierResponse;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobResponse;
import io.cairn.protocol.v1.JobSubmitResponse;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerResponse;

/**
 * Every command of jobs and workers, given to the table it belongs to. {@link #begin} comes before
 * each command, of any plane, and {@link #settle} behind each that was not refused: there the jobs
 * that it has touched go on, and tasks are dispatched. Applying thread only.
 */
public final class JobPlane implements LeaseHolder {
  private final Workspace workspace = new Workspace();
  private final Attempts attempts = new Attempts(workspace);
  private final TaskEndings endings = new TaskEndings(attempts);
  private final JobLifecycle lifecycle = new JobLifecycle(workspace, endings, attempts);
  private final JobTable jobs = new JobTable(workspace, lifecycle);
  private final WorkerTable workers = new WorkerTable(workspace, endings);
  private final WorkerReports reports = new WorkerReports(workspace, workers);
  private final WorkerSweep sweep = new WorkerSweep(workspace, workers, endings);
  private final TaskStarts starts = new TaskStarts(workspace);
  private final BarrierTable barriers = new BarrierTable(workspace);
  private final Dispatch dispatch = new Dispatch(workspace, workers);

  /** A plane; all its state is in rows, what it keeps in memory is derived from them. */
  public JobPlane() {}

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
      endings.cancel(context, edit);
      return;
    }
    attempts.unlist(context, job, edit.task());
    attempts.list(context, job, edit.task());
    edit.store(batch);
  }

  private static Outcome.Builder job(ApplyContext context, Outcome.Builder outcome, JobEdit job) {
    return outcome.setJob(JobResponse.newBuilder().setJob(answer(context, job)));
  }

  private static Outcome.Builder barrier(Outcome.Builder outcome, Barrier barrier) {
    return outcome.setBarrier(BarrierResponse.newBuilder().setBarrier(barrier));
  }

  private static Outcome.Builder worker(Outcome.Builder outcome, Worker worker) {
    return outcome.setWorker(WorkerResponse.newBuilder().setWorker(worker));
  }

  private static Job answer(ApplyContext context, JobEdit job) {
    return JobViews.of(context.batch(), job.job(), job.state().build());
  }
}
