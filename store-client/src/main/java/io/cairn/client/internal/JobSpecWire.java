package io.cairn.client.internal;

import io.cairn.client.FaultPlace;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.Detection;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.RecoveryPolicy;
import io.cairn.client.job.RecoveryRule;
import io.cairn.client.job.RecoveryStep;
import io.cairn.client.job.Redundancy;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.Verification;

/** Jobs' specifications to their messages. */
final class JobSpecWire {
  private JobSpecWire() {}

  static io.cairn.protocol.v1.JobName name(JobName name) {
    return io.cairn.protocol.v1.JobName.newBuilder()
        .setNamespace(name.namespace())
        .setName(name.name())
        .build();
  }

  static io.cairn.protocol.v1.JobSpec spec(JobSpec spec) {
    io.cairn.protocol.v1.JobSpec.Builder wire =
        io.cairn.protocol.v1.JobSpec.newBuilder()
            .setRetry(retry(spec.retry()))
            .setRecovery(recovery(spec.recovery()))
            .setCheckpoints(checkpoints(spec.checkpoints()))
            .setDetection(detection(spec.detection()))
            .setKeepMillis(spec.keep().toMillis())
            .addAllLabels(TaskWire.labels(spec.labels()))
            .setContinueOnFailure(spec.continueOnFailure());
    spec.stages().forEach(stage -> wire.addStages(stage(stage)));
    if (spec.redundancy().kind() != Redundancy.Kind.NONE) {
      wire.setRedundancy(redundancy(spec.redundancy()));
    }
    if (spec.redundancy().kind() == Redundancy.Kind.REPLICAS) {
      wire.setVerification(verification(spec.verification()));
    }
    return wire.build();
  }

  static io.cairn.protocol.v1.RecoveryAction action(io.cairn.client.job.RecoveryAction action) {
    return switch (action) {
      case RESUME -> io.cairn.protocol.v1.RecoveryAction.RESUME;
      case REPLAY_LOG -> io.cairn.protocol.v1.RecoveryAction.REPLAY_LOG;
      case ROLLBACK -> io.cairn.protocol.v1.RecoveryAction.ROLLBACK;
      case RESTART -> io.cairn.protocol.v1.RecoveryAction.RESTART;
      case SKIP_ITEM -> io.cairn.protocol.v1.RecoveryAction.SKIP_ITEM;
      case MOVE_NODE -> io.cairn.protocol.v1.RecoveryAction.MOVE_NODE;
      case FAIL -> io.cairn.protocol.v1.RecoveryAction.FAIL;
      case UNKNOWN -> io.cairn.protocol.v1.RecoveryAction.RECOVERY_ACTION_UNSPECIFIED;
    };
  }

  private static io.cairn.protocol.v1.StageSpec stage(StageSpec stage) {
    io.cairn.protocol.v1.StageSpec.Builder wire =
        io.cairn.protocol.v1.StageSpec.newBuilder()
            .setName(stage.name())
            .setHandler(stage.handler())
            .setPartitions(stage.partitions())
            .addAllAfter(stage.after());
    stage.payloads().forEach(payload -> wire.addPayloads(KvWire.wire(payload)));
    return wire.build();
  }

  private static io.cairn.protocol.v1.RetryPolicy retry(RetryPolicy retry) {
    return io.cairn.protocol.v1.RetryPolicy.newBuilder()
        .setAttemptsMax(retry.attemptsMax())
        .setBackoffFirstMillis(retry.backoffFirst().toMillis())
        .setBackoffMaxMillis(retry.backoffLongest().toMillis())
        .setBackoffPercent(retry.backoffPercent())
        .setJitterPercent(retry.jitterPercent())
        .build();
  }

  private static io.cairn.protocol.v1.RecoveryPolicy recovery(RecoveryPolicy policy) {
    io.cairn.protocol.v1.RecoveryPolicy.Builder wire =
        io.cairn.protocol.v1.RecoveryPolicy.newBuilder();
    policy.rules().forEach(rule -> wire.addRules(rule(rule)));
    return wire.build();
  }

  private static io.cairn.protocol.v1.RecoveryRule rule(RecoveryRule rule) {
    io.cairn.protocol.v1.RecoveryRule.Builder wire =
        io.cairn.protocol.v1.RecoveryRule.newBuilder()
            .addAllFaultTypes(rule.faultTypes().stream().sorted().toList());
    rule.places().stream().sorted().map(JobSpecWire::kind).forEach(wire::addPlaces);
    for (RecoveryStep step : rule.steps()) {
      wire.addSteps(
          io.cairn.protocol.v1.RecoveryStep.newBuilder()
              .setAction(action(step.action()))
              .setTimes(step.times())
              .setRollbackBy(step.rollbackBy())
              .setItemFailures(step.itemFailures()));
    }
    return wire.build();
  }

  private static io.cairn.protocol.v1.FaultPlace.Kind kind(FaultPlace.Kind kind) {
    return io.cairn.protocol.v1.FaultPlace.Kind.valueOf(kind.name());
  }

  private static io.cairn.protocol.v1.Redundancy redundancy(Redundancy redundancy) {
    return io.cairn.protocol.v1.Redundancy.newBuilder()
        .setKind(io.cairn.protocol.v1.Redundancy.Kind.valueOf(redundancy.kind().name()))
        .setReplicas(redundancy.replicas())
        .setStragglerPercent(redundancy.stragglerPercent())
        .setStragglerMillisMin(redundancy.stragglerMin().toMillis())
        .build();
  }

  private static io.cairn.protocol.v1.Verification verification(Verification verification) {
    return io.cairn.protocol.v1.Verification.newBuilder()
        .setComparison(
            io.cairn.protocol.v1.Verification.Comparison.valueOf(verification.comparison().name()))
        .setTolerance(verification.tolerance())
        .addAllFields(verification.fields())
        .setAllEqual(verification.allEqual())
        .setComparator(verification.comparator())
        .build();
  }

  private static io.cairn.protocol.v1.CheckpointPolicy checkpoints(CheckpointPolicy policy) {
    io.cairn.protocol.v1.CheckpointPolicy.Builder wire =
        io.cairn.protocol.v1.CheckpointPolicy.newBuilder()
            .setItems(policy.items())
            .setMillis(policy.interval().toMillis())
            .setBytes(policy.bytes())
            .setPartsDone(policy.partsDone())
            .setKept(policy.kept())
            .setKeepLog(policy.keepLog());
    policy
        .adaptive()
        .ifPresent(
            bounds ->
                wire.setAdaptive(true)
                    .setAdaptiveMillisMin(bounds.min().toMillis())
                    .setAdaptiveMillisMax(bounds.max().toMillis()));
    policy
        .coordinated()
        .ifPresent(
            barriers ->
                wire.setCoordinated(true)
                    .setBarrierMillis(barriers.interval().toMillis())
                    .setBarrierTimeoutMillis(barriers.timeout().toMillis()));
    return wire.build();
  }

  private static io.cairn.protocol.v1.Detection detection(Detection detection) {
    return io.cairn.protocol.v1.Detection.newBuilder()
        .setTtlMillis(detection.ttl().toMillis())
        .setHeartbeatMillis(detection.heartbeat().toMillis())
        .setAckMillis(detection.ack().toMillis())
        .setNoProgressMillis(detection.noProgress().toMillis())
        .setAttemptMillisMax(detection.attemptMax().toMillis())
        .setSuspectMillisMax(detection.suspectMax().toMillis())
        .setHeapPercentMax(detection.heapPercentMax())
        .setGcPercentMax(detection.gcPercentMax())
        .setCpuPercentMax(detection.cpuPercentMax())
        .build();
  }
}
