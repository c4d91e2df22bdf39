package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.Work.Place;
import io.cairn.core.job.recovery.Quarantine;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskStartRequest;
import io.cairn.protocol.v1.TaskStartResponse;
import io.cairn.protocol.v1.TaskState;

/** How a worker acknowledges a task, and what it is told about it. Applying thread only. */
final class TaskStarts {
  /** Bytes of items to leave out that an answer tells; more are asked for as a list. */
  private static final long QUARANTINED_BYTES_MAX = 256 * 1024;

  private final Workspace workspace;
  private final WorkerTable workers;

  TaskStarts(Workspace workspace, WorkerTable workers) {
    this.workspace = workspace;
    this.workers = workers;
  }

  /** The task runs; a resend under the same epoch is answered again, and changes nothing. */
  TaskStartResponse start(ApplyContext context, TaskStartRequest request) {
    TaskEdit edit = TaskEdit.require(context.batch(), request.getName());
    if (!edit.ofJob()) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "task " + request.getName().getName() + " is of no job: it is acquired, not started");
    }
    edit.checkEpoch(request.getEpoch());
    if (edit.task().getState() == TaskState.CLAIMED) {
      JobEdit job = workspace.get(context.batch(), edit.task().getJob().getId());
      DispatchedTasks.start(context, edit);
      workers.lookBy(
          context,
          edit,
          WorkerSweep.lookAfterStart(context.logTimeMillis(), job.spec().getDetection()));
    }
    return answer(context, edit);
  }

  /** What was answered to a start, as it is now. Refuses if the epoch is over. */
  TaskStartResponse again(ApplyContext context, TaskStartRequest request) {
    TaskEdit edit = TaskEdit.require(context.batch(), request.getName());
    edit.checkEpoch(request.getEpoch());
    return answer(context, edit);
  }

  private TaskStartResponse answer(ApplyContext context, TaskEdit edit) {
    TaskOfJob of = edit.task().getJob();
    JobEdit job = workspace.get(context.batch(), of.getId());
    StageSpec stage = job.job().stage(job.job().stageIndex(of.getStage()));
    Place place = Place.of(of.getId(), job.job().stageIndex(of.getStage()), of.getReplica());
    JobStateRow.Builder state = job.state();
    TaskStartResponse.Builder response =
        TaskStartResponse.newBuilder()
            .setTask(edit.toTask())
            .setHandler(job.job().handler(place))
            .setPartitions(stage.getPartitions())
            .setCheckpoints(job.spec().getCheckpoints())
            .setDetection(job.spec().getDetection())
            .setGeneration(state.getGeneration());
    if (state.getStats().getFaults() > 0) {
      response.setMtbfMillis(state.getStats().getRunMillis() / state.getStats().getFaults());
    }
    if (edit.row().getRecovery().getItems() > 0) {
      Quarantine.Skipped skipped =
          Quarantine.skipped(context.batch(), edit.id(), QUARANTINED_BYTES_MAX);
      response.addAllQuarantined(skipped.items()).setQuarantinedMore(skipped.more());
    }
    if (stage.getPayloadsCount() > 0) {
      response.setPayload(stage.getPayloads(of.getPartition()));
    }
    return response.build();
  }
}
