package io.cairn.core.job.recovery;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobRow;
import io.cairn.core.storage.v1.TaskRow;
import io.cairn.core.task.FaultShape;
import io.cairn.core.task.RecoveryPlans;
import io.cairn.core.task.TaskReads;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPlan;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskExplainRequest;
import io.cairn.protocol.v1.TaskExplainResponse;
import java.util.Optional;

/**
 * What would be done about a fault of a task now, and what its next attempt would read. Decided by
 * the same code as a real fault, and changes nothing. Any thread.
 */
public final class Explanation {
  private Explanation() {}

  /** Refuses TASK_NOT_FOUND, and a fault that an owner could not report. */
  public static TaskExplainResponse of(ReadView view, TaskExplainRequest request) {
    TaskRow row = TaskReads.row(view, request.getTask());
    Task task = row.getTask();
    Fault fault =
        request.hasFault()
            ? placed(task, FaultShape.checked(request.getFault()))
            : lossOfWorker(task);
    JobSpec spec = task.hasJob() ? spec(view, task.getJob().getId()) : JobSpec.getDefaultInstance();
    Decision decision =
        task.hasJob() ? RecoveryPolicies.decide(view, spec, row, fault) : plain(fault);
    TaskExplainResponse.Builder response =
        TaskExplainResponse.newBuilder()
            .setTask(task.toBuilder().clearResult())
            .setAction(decision.action())
            .setPauseMillis(decision.pauseMillis())
            .setCheckpointSeq(-1)
            .setRule(decision.use().rule())
            .setStep(decision.use().step())
            .setUsed(decision.use().used())
            .setReason(decision.reason());
    if (decision.ends()) {
      return response.build();
    }
    RecoveryPlan plan =
        spec.getCheckpoints().getCoordinated()
            ? RecoveryPlans.newest(view, task)
            : RecoveryPlans.after(view, task, decision.step())
                .orElseGet(() -> RecoveryPlans.of(task));
    RecoveryPlans.Cost cost = RecoveryPlans.cost(view, task, plan);
    return response
        .setCheckpointSeq(plan.getCheckpointSeq())
        .setRecords(cost.records())
        .setBytes(cost.bytes())
        .build();
  }

  /** A task without a job waits for whoever acquires it next, if it can be tried again. */
  private static Decision plain(Fault fault) {
    return fault.getRetryable()
        ? new Decision(
            RecoveryStep.newBuilder().setAction(RecoveryAction.RESUME).build(),
            Decision.Use.NONE,
            0,
            Optional.empty(),
            "the task is of no job: whoever acquires it goes on")
        : Decision.end("the fault cannot be tried again");
  }

  private static Fault lossOfWorker(Task task) {
    return Fault.newBuilder()
        .setType(FaultTypes.PROCESS_LOST)
        .setRetryable(true)
        .setPlace(FaultPlaces.ofWorker(task.getJob()))
        .build();
  }

  private static Fault placed(Task task, Fault told) {
    return task.hasJob()
        ? told.toBuilder().setPlace(FaultPlaces.completed(task.getJob(), told.getPlace())).build()
        : told;
  }

  private static JobSpec spec(ReadView view, long job) {
    byte[] bytes = view.get(ColumnFamily.JOB, KeyLayout.id(job));
    if (bytes == null) {
      throw new DamagedRowException("the row of job " + job + " is gone");
    }
    try {
      return JobRow.parseFrom(bytes).getSpec();
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("the row of job " + job + " is damaged", e);
    }
  }
}
