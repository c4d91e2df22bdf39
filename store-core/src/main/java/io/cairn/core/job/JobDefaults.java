package io.cairn.core.job;

import io.cairn.core.job.recovery.RecoveryDefaults;
import io.cairn.core.job.redundancy.RedundancyShape;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.RetryPolicy;

/**
 * What a job has that its submitter did not say. It is stored with the job, so that a later version
 * with other defaults does not change how it goes on.
 */
final class JobDefaults {
  private static final long TTL_MILLIS = 10_000;
  private static final long ACK_MILLIS = 5_000;
  private static final int HEARTBEATS_PER_TTL = 3;

  private JobDefaults() {}

  /** The specification with nothing left open. */
  static JobSpec fill(JobSpec spec) {
    return spec.toBuilder()
        .setRetry(retry(spec))
        .setRecovery(spec.hasRecovery() ? spec.getRecovery() : RecoveryDefaults.recovery())
        .setCheckpoints(checkpoints(spec.getCheckpoints()))
        .setDetection(detection(spec.getDetection()))
        .setRedundancy(RedundancyShape.fill(spec.getRedundancy()))
        .build();
  }

  private static RetryPolicy retry(JobSpec spec) {
    if (!spec.hasRetry()) {
      return RecoveryDefaults.retry();
    }
    RetryPolicy.Builder retry = spec.getRetry().toBuilder();
    RetryPolicy usual = RecoveryDefaults.retry();
    if (retry.getBackoffMaxMillis() == 0) {
      retry.setBackoffMaxMillis(
          Math.max(retry.getBackoffFirstMillis(), usual.getBackoffMaxMillis()));
    }
    if (retry.getBackoffPercent() == 0) {
      retry.setBackoffPercent(usual.getBackoffPercent());
    }
    return retry.build();
  }

  private static CheckpointPolicy checkpoints(CheckpointPolicy policy) {
    return policy.getKept() == 0
        ? policy.toBuilder().setKept(Limits.CHECKPOINTS_KEPT_DEFAULT).build()
        : policy;
  }

  private static Detection detection(Detection given) {
    Detection.Builder detection = given.toBuilder();
    if (detection.getTtlMillis() == 0) {
      detection.setTtlMillis(TTL_MILLIS);
    }
    if (detection.getHeartbeatMillis() == 0) {
      detection.setHeartbeatMillis(Math.max(1, detection.getTtlMillis() / HEARTBEATS_PER_TTL));
    }
    if (detection.getAckMillis() == 0) {
      detection.setAckMillis(ACK_MILLIS);
    }
    return detection.build();
  }
}
