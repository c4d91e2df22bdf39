package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.FaultRecord;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOfJob;

/** The faults of a job's attempts, the last {@link Limits#JOB_FAULTS_KEPT} of them. */
final class FaultLog {
  private FaultLog() {}

  /** Keeps the newest fault of the task; returns its number in the job. */
  static long append(ApplyContext context, JobEdit job, Task.Builder task) {
    JobStateRow.Builder state = job.state();
    long number = state.getFaultsLast() + 1;
    TaskOfJob of = task.getJob();
    FaultRecord record =
        FaultRecord.newBuilder()
            .setNumber(number)
            .setTask(task.getName())
            .setStage(of.getStage())
            .setPartition(of.getPartition())
            .setReplica(of.getReplica())
            .setFault(task.getFault())
            .build();
    context
        .batch()
        .insert(ColumnFamily.JOB_FAULT, KeyLayout.pair(job.id(), number), record.toByteArray());
    state.setFaultsLast(number);
    if (number - state.getFaultsFirst() >= Limits.JOB_FAULTS_KEPT) {
      context
          .batch()
          .delete(ColumnFamily.JOB_FAULT, KeyLayout.pair(job.id(), state.getFaultsFirst()));
      state.setFaultsFirst(state.getFaultsFirst() + 1);
    }
    return number;
  }
}
