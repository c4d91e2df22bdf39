package io.cairn.client.internal;

import io.cairn.client.job.Barrier;
import io.cairn.client.job.Explanation;
import io.cairn.client.job.FaultRecord;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobState;
import io.cairn.client.job.JobStats;
import io.cairn.client.job.QuarantinedItem;
import io.cairn.client.job.StageStatus;
import io.cairn.client.job.WorkerHealth;
import io.cairn.client.job.WorkerLoad;
import io.cairn.client.job.WorkerStatus;
import io.cairn.protocol.v1.TaskExplainResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Jobs, faults and workers from their messages. */
final class JobWire {
  private JobWire() {}

  static Job job(io.cairn.protocol.v1.Job row) {
    JobName name = JobSpecRead.name(row.getName());
    return new Job(
        name,
        row.getId(),
        state(row.getState()),
        row.hasSpec() ? Optional.of(JobSpecRead.spec(name, row.getSpec())) : Optional.empty(),
        row.getSubmission(),
        row.getGeneration(),
        row.getCreateTimeMillis(),
        row.getEndTimeMillis(),
        row.getStagesList().stream().map(JobWire::stage).toList(),
        stats(row.getStats()),
        row.hasFault() ? Optional.of(fault(row.getFault())) : Optional.empty(),
        row.getBarrier().getNumber() > 0
            ? Optional.of(barrier(row.getBarrier()))
            : Optional.empty(),
        row.getCommittedBarrier(),
        Set.of());
  }

  static io.cairn.protocol.v1.JobState state(JobState state) {
    return switch (state) {
      case RUNNING -> io.cairn.protocol.v1.JobState.JOB_RUNNING;
      case SUCCEEDED -> io.cairn.protocol.v1.JobState.JOB_SUCCEEDED;
      case FAILED -> io.cairn.protocol.v1.JobState.JOB_FAILED;
      case CANCELLED -> io.cairn.protocol.v1.JobState.JOB_CANCELLED;
      case UNKNOWN -> io.cairn.protocol.v1.JobState.JOB_STATE_UNSPECIFIED;
    };
  }

  static FaultRecord fault(io.cairn.protocol.v1.FaultRecord row) {
    return new FaultRecord(
        row.getNumber(),
        TaskWire.name(row.getTask()),
        row.getStage(),
        row.getPartition(),
        row.getReplica(),
        TaskWire.fault(row.getFault()));
  }

  static Barrier barrier(io.cairn.protocol.v1.Barrier row) {
    Barrier.Phase phase =
        switch (row.getPhase()) {
          case PAUSING -> Barrier.Phase.PAUSING;
          case PREPARING -> Barrier.Phase.PREPARING;
          case COMMITTED -> Barrier.Phase.COMMITTED;
          case ABORTED -> Barrier.Phase.ABORTED;
          case NO_BARRIER, UNRECOGNIZED -> Barrier.Phase.UNKNOWN;
        };
    return new Barrier(
        row.getNumber(),
        phase,
        row.getDeadlineMillis(),
        row.getTasks(),
        row.getArrived(),
        row.getReason(),
        row.getCommitTimeMillis());
  }

  static QuarantinedItem item(io.cairn.protocol.v1.QuarantinedItem row) {
    return new QuarantinedItem(
        KvWire.bytes(row.getItem()),
        row.getFailures(),
        row.hasFault() ? Optional.of(TaskWire.fault(row.getFault())) : Optional.empty());
  }

  static Explanation explanation(TaskExplainResponse row) {
    return new Explanation(
        TaskWire.task(row.getTask()),
        JobSpecRead.action(row.getAction()),
        Duration.ofMillis(row.getPauseMillis()),
        row.getCheckpointSeq(),
        row.getRecords(),
        row.getBytes(),
        row.getRule(),
        row.getStep(),
        row.getUsed(),
        row.getReason(),
        row.getWaiting());
  }

  static WorkerStatus worker(io.cairn.protocol.v1.Worker row) {
    return new WorkerStatus(
        row.getId(),
        row.getNode(),
        row.getEpoch(),
        row.getLease(),
        row.getCapacity(),
        Set.copyOf(row.getHandlersList()),
        row.getSpare(),
        health(row.getHealth()),
        row.getReason(),
        row.getRunning(),
        row.hasLoad()
            ? Optional.of(
                new WorkerLoad(
                    row.getLoad().getCpuPercent(),
                    row.getLoad().getHeapPercent(),
                    row.getLoad().getGcPercent()))
            : Optional.empty(),
        row.getLoad().getConnectionsLost(),
        row.getRegisterTimeMillis(),
        row.getReportTimeMillis(),
        TaskWire.labels(row.getLabelsList()));
  }

  private static WorkerHealth health(io.cairn.protocol.v1.WorkerHealth health) {
    return switch (health) {
      case HEALTHY -> WorkerHealth.HEALTHY;
      case STRAINED -> WorkerHealth.STRAINED;
      case DRAINING -> WorkerHealth.DRAINING;
      case WORKER_HEALTH_UNSPECIFIED, UNRECOGNIZED -> WorkerHealth.UNKNOWN;
    };
  }

  private static JobState state(io.cairn.protocol.v1.JobState state) {
    return switch (state) {
      case JOB_RUNNING -> JobState.RUNNING;
      case JOB_SUCCEEDED -> JobState.SUCCEEDED;
      case JOB_FAILED -> JobState.FAILED;
      case JOB_CANCELLED -> JobState.CANCELLED;
      case JOB_STATE_UNSPECIFIED, UNRECOGNIZED -> JobState.UNKNOWN;
    };
  }

  private static StageStatus stage(io.cairn.protocol.v1.StageStatus row) {
    return new StageStatus(
        row.getName(),
        row.getPartitions(),
        row.getWaiting(),
        row.getPending(),
        row.getRunning(),
        row.getSucceeded(),
        row.getFailed(),
        row.getCancelled(),
        row.getOpen(),
        Duration.ofMillis(row.getMedianMillis()));
  }

  private static JobStats stats(io.cairn.protocol.v1.JobStats row) {
    return new JobStats(
        row.getAttempts(),
        row.getFaults(),
        Duration.ofMillis(row.getRunMillis()),
        row.getCheckpoints(),
        row.getCheckpointBytes(),
        Duration.ofNanos(row.getCheckpointMicros() * 1_000),
        row.getRecoveredBytes(),
        Duration.ofMillis(row.getIntervalMillis()),
        row.getIntervalReason(),
        row.getQuarantined());
  }
}
