package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.barrier.Barriers;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.JobRow;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.JobCancelRequest;
import io.cairn.protocol.v1.JobDeleteRequest;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobRetryRequest;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.JobSubmitRequest;
import io.cairn.protocol.v1.StageSpec;
import java.util.Optional;

/** The jobs, and every command that names one. Applying thread only. */
final class JobTable {
  private final Workspace workspace;
  private final JobLifecycle lifecycle;

  JobTable(Workspace workspace, JobLifecycle lifecycle) {
    this.workspace = workspace;
    this.lifecycle = lifecycle;
  }

  /** A job, and whether this command made it. */
  record Submitted(JobEdit job, boolean created) {}

  /** Makes a job, or finds the one that the same submission has made. */
  Submitted submit(ApplyContext context, JobSubmitRequest request) {
    Batch batch = context.batch();
    byte[] key = JobNames.key(request.getName());
    Checks.name("submission", request.getSubmission(), false);
    Optional<Long> there = StoredJob.id(batch, key);
    if (there.isPresent()) {
      return new Submitted(same(context, request, there.get()), false);
    }
    JobSpec spec = JobDefaults.fill(request.getSpec());
    JobShape.check(request.getName(), spec);
    if (batch.counter(Counter.JOBS) >= Limits.JOBS_MAX) {
      throw new Refusal(
          ErrorCode.TOO_MANY, Limits.JOBS_MAX + " jobs are there, and no more may be");
    }
    checkNoTask(batch, request.getName());
    long id = context.commandId();
    JobRow row =
        JobRow.newBuilder()
            .setName(request.getName())
            .setSpec(spec)
            .setSubmission(request.getSubmission())
            .setCreateTimeMillis(context.logTimeMillis())
            .build();
    batch.insert(ColumnFamily.JOB_NAME, key, KeyLayout.id(id));
    batch.insert(ColumnFamily.JOB, KeyLayout.id(id), row.toByteArray());
    batch.addToCounter(Counter.JOBS, 1);
    JobStateRow.Builder state =
        JobStateRow.newBuilder().setState(JobState.JOB_RUNNING).setFaultsFirst(1);
    for (StageSpec stage : spec.getStagesList()) {
      state.addStages(
          StageRow.newBuilder()
              .setWaiting(stage.getPartitions())
              .setOpen(stage.getAfterCount() == 0));
    }
    JobEdit job = JobEdit.created(new StoredJob(id, row), state.build());
    if (job.coordinated()) {
      Barriers.due(job.forBarriers(), context.logTimeMillis());
    }
    workspace.add(job);
    workspace.touch();
    return new Submitted(job, true);
  }

  /** The job that a submission has made. Refuses if there is none of it any more. */
  JobEdit submitted(ApplyContext context, JobSubmitRequest request) {
    long id =
        StoredJob.id(context.batch(), JobNames.key(request.getName()))
            .orElseThrow(() -> Workspace.notFound(request.getName()));
    return same(context, request, id);
  }

  /** Calls off what has not ended. Refuses WRONG_STATE for a job that has. */
  JobEdit cancel(ApplyContext context, JobCancelRequest request) {
    JobEdit job = workspace.require(context, request.getName());
    if (job.ended()) {
      throw wrongState(job, "and cannot be cancelled");
    }
    if (job.goesOn()) {
      job.endAs(JobState.JOB_CANCELLED);
    }
    workspace.touch();
    return job;
  }

  /** Lets run again what has failed. Refuses WRONG_STATE for a job that has not. */
  JobEdit retry(ApplyContext context, JobRetryRequest request) {
    JobEdit job = workspace.require(context, request.getName());
    if (job.state().getState() != JobState.JOB_FAILED) {
      throw wrongState(job, "and only one that has failed can be retried");
    }
    lifecycle.retry(context, job);
    workspace.touch();
    return job;
  }

  /** Takes a job away that has ended. Refuses WRONG_STATE for one that has not. */
  JobEdit delete(ApplyContext context, JobDeleteRequest request) {
    JobEdit job = workspace.require(context, request.getName());
    if (!job.ended()) {
      throw wrongState(job, "and must be cancelled before it can be deleted");
    }
    delete(context, job);
    return job;
  }

  /** Takes the next step of what is done to a job, or deletes one that has been kept for long. */
  void tick(ApplyContext context, Due due) {
    Optional<JobEdit> found = workspace.find(context.batch(), due.getId());
    if (found.isEmpty()
        || found.get().state().getTickMillis() != due.getDeadlineMillis()
        || due.getDeadlineMillis() > context.logTimeMillis()) {
      return; // deleted, or moved by a command before this one
    }
    workspace.touch();
    JobEdit job = found.get();
    if (!job.ended()) {
      if (job.coordinated() && workspace.rowsLeft() > 0) {
        workspace.looked(job.forBarriers().tasks()); // whether all run, and who is told
        Barriers.tick(context, job.forBarriers());
      }
      lifecycle.walk(context, job);
    } else if (workspace.rowsLeft() > 0) {
      delete(context, job);
    }
  }

  private void delete(ApplyContext context, JobEdit job) {
    job.delete(context.batch());
    context.batch().addToCounter(Counter.JOBS, -1);
    workspace.looked(JobGarbage.begin(context, job.job(), workspace.rowsLeft()));
    workspace.touch();
  }

  private JobEdit same(ApplyContext context, JobSubmitRequest request, long id) {
    JobEdit job =
        workspace
            .find(context.batch(), id)
            .orElseThrow(
                () ->
                    new Refusal(
                        ErrorCode.WRONG_STATE,
                        "a job of the name "
                            + JobNames.text(request.getName())
                            + " is being deleted, task by task"));
    String submission = job.job().row().getSubmission();
    if (!submission.equals(request.getSubmission())) {
      throw new Refusal(
          ErrorCode.JOB_EXISTS,
          "job "
              + JobNames.text(request.getName())
              + " exists, of submission \""
              + submission
              + "\"");
    }
    return job;
  }

  /** Names of the job's tasks must be free: all names below its own are the job's. */
  private static void checkNoTask(Batch batch, JobName name) {
    byte[] prefix = JobNames.tasksPrefix(name);
    try (Cursor cursor = batch.ascend(ColumnFamily.TASK, prefix, KeyLayout.prefixEnd(prefix))) {
      if (cursor.next()) {
        throw new Refusal(
            ErrorCode.TASK_EXISTS,
            "there are tasks whose names begin with "
                + name.getName()
                + "/, which those of the job would");
      }
    }
  }

  private static Refusal wrongState(JobEdit job, String why) {
    return new Refusal(
        ErrorCode.WRONG_STATE,
        "job "
            + JobNames.text(job.name())
            + " is "
            + JobNames.text(job.state().getState())
            + ", "
            + why);
  }
}
