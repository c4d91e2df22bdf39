package io.cairn.core.job;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.recovery.PolicyShape;
import io.cairn.core.job.redundancy.RedundancyShape;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.Label;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What can be said about a job's specification, filled with its defaults, without looking at the
 * state.
 */
final class JobShape {
  private static final long MILLIS_MAX = Limits.LEASE_TTL_MILLIS_MAX;
  private static final int COUNT_MAX = 1_000_000_000;

  private JobShape() {}

  /** Refuses a specification that no job can have. */
  static void check(JobName name, JobSpec spec) {
    Checks.size(
        "bytes of a job's specification", spec.getSerializedSize(), Limits.JOB_SPEC_BYTES_MAX);
    StageGraph.check(name, spec.getStagesList());
    PolicyShape.check(spec.getRetry());
    PolicyShape.check(spec.getRecovery());
    checkpoints(spec);
    detection(spec.getDetection());
    RedundancyShape.check(spec, StageGraph.partitions(spec.getStagesList()));
    labels(spec.getLabelsList());
    within("milliseconds to keep the job", spec.getKeepMillis(), 0, MILLIS_MAX);
  }

  /** Refuses labels that are too many, too long, or have a key twice. */
  static void labels(List<Label> labels) {
    Checks.size("labels", labels.size(), Limits.LABELS_MAX);
    Set<String> keys = new HashSet<>();
    for (Label label : labels) {
      Checks.name("label's key", label.getKey(), false);
      Checks.text("label's value", label.getValue(), true, Limits.LABEL_BYTES_MAX);
      if (!keys.add(label.getKey())) {
        throw invalid("label \"" + label.getKey() + "\" comes twice");
      }
    }
  }

  private static void checkpoints(JobSpec spec) {
    CheckpointPolicy policy = spec.getCheckpoints();
    within("checkpoints kept", policy.getKept(), 1, Limits.CHECKPOINTS_KEPT_MAX);
    within("items between checkpoints", policy.getItems(), 0, COUNT_MAX);
    within("milliseconds between checkpoints", policy.getMillis(), 0, MILLIS_MAX);
    within("bytes between checkpoints", policy.getBytes(), 0, Long.MAX_VALUE);
    within("parts between checkpoints", policy.getPartsDone(), 0, COUNT_MAX);
    within("longest adaptive interval", policy.getAdaptiveMillisMax(), 0, MILLIS_MAX);
    within(
        "shortest adaptive interval",
        policy.getAdaptiveMillisMin(),
        0,
        policy.getAdaptiveMillisMax() == 0 ? MILLIS_MAX : policy.getAdaptiveMillisMax());
    within("milliseconds between barriers", policy.getBarrierMillis(), 0, MILLIS_MAX);
    within("milliseconds of a barrier", policy.getBarrierTimeoutMillis(), 0, MILLIS_MAX);
    if (policy.getCoordinated()) {
      Checks.size(
          "partitions of a job whose tasks are saved together",
          StageGraph.partitions(spec.getStagesList()),
          Limits.COORDINATED_TASKS_MAX);
      throw invalid("checkpoints of all tasks together are not offered by this version");
    }
  }

  private static void detection(Detection detection) {
    within(
        "milliseconds to live", detection.getTtlMillis(), Limits.LEASE_TTL_MILLIS_MIN, MILLIS_MAX);
    within(
        "heartbeat in milliseconds", detection.getHeartbeatMillis(), 1, detection.getTtlMillis());
    within("milliseconds to acknowledge", detection.getAckMillis(), 1, MILLIS_MAX);
    within("milliseconds without progress", detection.getNoProgressMillis(), 0, MILLIS_MAX);
    within("milliseconds of an attempt", detection.getAttemptMillisMax(), 0, MILLIS_MAX);
    within("milliseconds to be suspect", detection.getSuspectMillisMax(), 0, MILLIS_MAX);
    within("percent of heap", detection.getHeapPercentMax(), 0, 100);
    within("percent of collection", detection.getGcPercentMax(), 0, 100);
    within("percent of processors", detection.getCpuPercentMax(), 0, 100);
  }

  private static void within(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          what + ": " + value + ", allowed are " + min + " to " + max,
          value < min ? min : max,
          value);
    }
  }

  static Refusal invalid(String message) {
    return new Refusal(ErrorCode.INVALID_ARGUMENT, message);
  }
}
