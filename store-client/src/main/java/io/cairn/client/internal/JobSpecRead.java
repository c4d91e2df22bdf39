package io.cairn.client.internal;

import io.cairn.client.FaultPlace;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.Detection;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.RecoveryAction;
import io.cairn.client.job.RecoveryPolicy;
import io.cairn.client.job.RecoveryRule;
import io.cairn.client.job.RecoveryStep;
import io.cairn.client.job.Redundancy;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.Verification;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Jobs' specifications from their messages. */
final class JobSpecRead {
  private JobSpecRead() {}

  static JobName name(io.cairn.protocol.v1.JobName name) {
    return new JobName(name.getNamespace(), name.getName());
  }

  static JobSpec spec(JobName name, io.cairn.protocol.v1.JobSpec spec) {
    return new JobSpec(
        name,
        spec.getStagesList().stream().map(JobSpecRead::stage).toList(),
        retry(spec.getRetry()),
        new RecoveryPolicy(
            spec.getRecovery().getRulesList().stream().map(JobSpecRead::rule).toList()),
        redundancy(spec.getRedundancy()),
        checkpoints(spec.getCheckpoints()),
        verification(spec.getVerification()),
        detection(spec.getDetection()),
        Duration.ofMillis(spec.getKeepMillis()),
        TaskWire.labels(spec.getLabelsList()),
        spec.getContinueOnFailure());
  }

  static RecoveryAction action(io.cairn.protocol.v1.RecoveryAction action) {
    return switch (action) {
      case RESUME -> RecoveryAction.RESUME;
      case REPLAY_LOG -> RecoveryAction.REPLAY_LOG;
      case ROLLBACK -> RecoveryAction.ROLLBACK;
      case RESTART -> RecoveryAction.RESTART;
      case SKIP_ITEM -> RecoveryAction.SKIP_ITEM;
      case MOVE_NODE -> RecoveryAction.MOVE_NODE;
      case FAIL -> RecoveryAction.FAIL;
      case RECOVERY_ACTION_UNSPECIFIED, UNRECOGNIZED -> RecoveryAction.UNKNOWN;
    };
  }

  static CheckpointPolicy checkpoints(io.cairn.protocol.v1.CheckpointPolicy policy) {
    return new CheckpointPolicy(
        policy.getItems(),
        Duration.ofMillis(policy.getMillis()),
        policy.getBytes(),
        policy.getPartsDone(),
        policy.getAdaptive()
            ? Optional.of(
                new CheckpointPolicy.Adaptive(
                    Duration.ofMillis(policy.getAdaptiveMillisMin()),
                    Duration.ofMillis(policy.getAdaptiveMillisMax())))
            : Optional.empty(),
        policy.getKept(),
        policy.getKeepLog(),
        policy.getCoordinated()
            ? Optional.of(
                new CheckpointPolicy.Coordinated(
                    Duration.ofMillis(policy.getBarrierMillis()),
                    Duration.ofMillis(policy.getBarrierTimeoutMillis())))
            : Optional.empty());
  }

  private static StageSpec stage(io.cairn.protocol.v1.StageSpec stage) {
    return new StageSpec(
        stage.getName(),
        stage.getHandler(),
        stage.getPartitions(),
        stage.getPayloadsList().stream().map(KvWire::bytes).toList(),
        stage.getAfterList());
  }

  private static RetryPolicy retry(io.cairn.protocol.v1.RetryPolicy retry) {
    return new RetryPolicy(
        retry.getAttemptsMax(),
        Duration.ofMillis(retry.getBackoffFirstMillis()),
        Duration.ofMillis(retry.getBackoffMaxMillis()),
        retry.getBackoffPercent(),
        retry.getJitterPercent());
  }

  private static RecoveryRule rule(io.cairn.protocol.v1.RecoveryRule rule) {
    Set<FaultPlace.Kind> places =
        rule.getPlacesList().stream()
            .filter(kind -> kind != io.cairn.protocol.v1.FaultPlace.Kind.UNRECOGNIZED)
            .map(kind -> FaultPlace.Kind.valueOf(kind.name()))
            .collect(Collectors.toSet());
    return new RecoveryRule(
        Set.copyOf(rule.getFaultTypesList()),
        places,
        rule.getStepsList().stream()
            .map(
                step ->
                    new RecoveryStep(
                        action(step.getAction()),
                        step.getTimes(),
                        step.getRollbackBy(),
                        step.getItemFailures()))
            .toList());
  }

  private static Redundancy redundancy(io.cairn.protocol.v1.Redundancy redundancy) {
    Redundancy.Kind kind =
        switch (redundancy.getKind()) {
          case STANDBY -> Redundancy.Kind.STANDBY;
          case SPECULATE -> Redundancy.Kind.SPECULATE;
          case REPLICAS -> Redundancy.Kind.REPLICAS;
          case NONE, UNRECOGNIZED -> Redundancy.Kind.NONE;
        };
    return new Redundancy(
        kind,
        redundancy.getReplicas(),
        redundancy.getStragglerPercent(),
        Duration.ofMillis(redundancy.getStragglerMillisMin()));
  }

  private static Verification verification(io.cairn.protocol.v1.Verification verification) {
    Verification.Comparison comparison =
        switch (verification.getComparison()) {
          case TOLERANCE -> Verification.Comparison.TOLERANCE;
          case FIELDS -> Verification.Comparison.FIELDS;
          case CUSTOM -> Verification.Comparison.CUSTOM;
          case EXACT, UNRECOGNIZED -> Verification.Comparison.EXACT;
        };
    return new Verification(
        comparison,
        verification.getTolerance(),
        verification.getFieldsList(),
        verification.getAllEqual(),
        verification.getComparator());
  }

  private static Detection detection(io.cairn.protocol.v1.Detection detection) {
    return new Detection(
        Duration.ofMillis(detection.getTtlMillis()),
        Duration.ofMillis(detection.getHeartbeatMillis()),
        Duration.ofMillis(detection.getAckMillis()),
        Duration.ofMillis(detection.getNoProgressMillis()),
        Duration.ofMillis(detection.getAttemptMillisMax()),
        Duration.ofMillis(detection.getSuspectMillisMax()),
        detection.getHeapPercentMax(),
        detection.getGcPercentMax(),
        detection.getCpuPercentMax());
  }
}
