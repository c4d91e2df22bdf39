package io.cairn.core.job;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.protocol.v1.FaultRecord;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.StageStatus;

/** Jobs as clients see them, put together from their rows. */
final class JobViews {
  private JobViews() {}

  /** The job without its specification. */
  static Job of(ReadView view, StoredJob stored, JobStateRow state) {
    Job.Builder job =
        Job.newBuilder()
            .setName(stored.name())
            .setId(stored.id())
            .setState(state.getState())
            .setSubmission(stored.row().getSubmission())
            .setGeneration(state.getGeneration())
            .setCreateTimeMillis(stored.row().getCreateTimeMillis())
            .setEndTimeMillis(state.getEndTimeMillis())
            .setStats(state.getStats())
            .setBarrier(state.getBarrier())
            .setCommittedBarrier(state.getCommittedBarrier());
    for (int i = 0; i < state.getStagesCount(); i++) {
      job.addStages(stage(stored, i, state.getStages(i)));
    }
    byte[] fault =
        state.getFaultEnded() == 0
            ? null
            : view.get(ColumnFamily.JOB_FAULT, KeyLayout.pair(stored.id(), state.getFaultEnded()));
    return fault == null ? job.build() : job.setFault(fault(fault)).build();
  }

  static FaultRecord fault(byte[] bytes) {
    try {
      return FaultRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("a fault of a job is damaged", e);
    }
  }

  private static StageStatus stage(StoredJob stored, int index, StageRow row) {
    return StageStatus.newBuilder()
        .setName(stored.stage(index).getName())
        .setPartitions(stored.stage(index).getPartitions())
        .setWaiting(row.getWaiting())
        .setPending(row.getPending())
        .setRunning(row.getRunning())
        .setSucceeded(row.getSucceeded())
        .setFailed(row.getFailed())
        .setCancelled(row.getCancelled())
        .setOpen(row.getOpen())
        .setMedianMillis(StageDurations.medianMillis(row))
        .build();
  }
}
