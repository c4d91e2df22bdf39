package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.barrier.Barriers;
import io.cairn.core.job.barrier.CoordinatedJob;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.BarrierAbortRequest;
import io.cairn.protocol.v1.BarrierPauseRequest;
import io.cairn.protocol.v1.BarrierPrepareRequest;
import io.cairn.protocol.v1.BarrierStartRequest;
import io.cairn.protocol.v1.TaskName;

/** Every command about a barrier, brought to its job. Applying thread only. */
final class BarrierTable {
  private final Workspace workspace;

  BarrierTable(Workspace workspace) {
    this.workspace = workspace;
  }

  Barrier start(ApplyContext context, BarrierStartRequest request) {
    return done(
        Barriers.start(context, coordinated(workspace.require(context, request.getName()))));
  }

  Barrier abort(ApplyContext context, BarrierAbortRequest request) {
    return done(
        Barriers.abort(coordinated(workspace.require(context, request.getName())), request));
  }

  Barrier pause(ApplyContext context, BarrierPauseRequest request) {
    TaskEdit edit = TaskEdit.require(context.batch(), request.getTask());
    CoordinatedJob job = of(context, request.getTask(), edit, request.getEpoch());
    return done(Barriers.pause(context, job, edit, request));
  }

  Barrier prepare(ApplyContext context, BarrierPrepareRequest request) {
    TaskEdit edit = TaskEdit.require(context.batch(), request.getTask());
    CoordinatedJob job = of(context, request.getTask(), edit, request.getEpoch());
    if (!request.hasCheckpoint()) {
      throw JobShape.invalid("a task comes to a barrier without a checkpoint");
    }
    return done(Barriers.prepare(context, job, edit, request));
  }

  private Barrier done(Barrier barrier) {
    workspace.touch();
    return barrier;
  }

  /**
   * The job of a task, for its owner. The epoch comes first: a task that has ended may still be
   * there when its job has been deleted, one with an owner may not.
   */
  private CoordinatedJob of(ApplyContext context, TaskName name, TaskEdit edit, long epoch) {
    if (!edit.ofJob()) {
      throw new Refusal(
          ErrorCode.WRONG_STATE, "task " + name.getName() + " is of no job, and meets no barrier");
    }
    edit.checkEpoch(epoch);
    return coordinated(workspace.get(context.batch(), edit.task().getJob().getId()));
  }

  private static CoordinatedJob coordinated(JobEdit job) {
    if (!job.coordinated()) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "job "
              + JobNames.text(job.name())
              + " has no barriers: its tasks are not saved together");
    }
    return job.forBarriers();
  }
}
