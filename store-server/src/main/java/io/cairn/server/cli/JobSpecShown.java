package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.Detection;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.RecoveryRule;
import io.cairn.client.job.RecoveryStep;
import io.cairn.client.job.Redundancy;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.Verification;
import java.time.Duration;
import java.util.Optional;

/** A job's description as JSON, in the form that {@link JobFile} reads. */
final class JobSpecShown {
  private JobSpecShown() {}

  /** All fields. */
  static Fields fields(JobSpec spec) {
    return Fields.of()
        .put("name", spec.name().name())
        .put("namespace", spec.name().namespace())
        .objects("stages", spec.stages().stream().map(JobSpecShown::fields).toList())
        .put("retry", Optional.of(fields(spec.retry())))
        .put(
            "recovery",
            Optional.of(
                Fields.of()
                    .objects(
                        "rules",
                        spec.recovery().rules().stream().map(JobSpecShown::fields).toList())))
        .put("redundancy", Optional.of(fields(spec.redundancy())))
        .put("checkpoints", Optional.of(fields(spec.checkpoints())))
        .put("verification", Optional.of(fields(spec.verification())))
        .put("detection", Optional.of(fields(spec.detection())))
        .put("keep", time(spec.keep()))
        .texts("labels", spec.labels())
        .put("continueOnFailure", spec.continueOnFailure());
  }

  private static String time(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  private static Fields fields(StageSpec stage) {
    Fields fields =
        Fields.of()
            .put("name", stage.name())
            .put("handler", stage.handler())
            .put("partitions", stage.partitions());
    if (stage.payloads().stream().allMatch(Shown::isUtf8)) {
      fields.texts("payloads", stage.payloads().stream().map(Bytes::toUtf8).toList());
    } else {
      fields.objects(
          "payloads",
          stage.payloads().stream()
              .map(payload -> Fields.of().put("base64", Shown.base64(payload)))
              .toList());
    }
    return fields.texts("after", stage.after());
  }

  private static Fields fields(RetryPolicy retry) {
    return Fields.of()
        .put("attemptsMax", retry.attemptsMax())
        .put("backoffFirst", time(retry.backoffFirst()))
        .put("backoffLongest", time(retry.backoffLongest()))
        .put("backoffPercent", retry.backoffPercent())
        .put("jitterPercent", retry.jitterPercent());
  }

  private static Fields fields(RecoveryRule rule) {
    return Fields.of()
        .texts("faultTypes", rule.faultTypes().stream().sorted().toList())
        .texts("places", rule.places().stream().sorted().map(Enum::name).toList())
        .objects("steps", rule.steps().stream().map(JobSpecShown::fields).toList());
  }

  private static Fields fields(RecoveryStep step) {
    return Fields.of()
        .put("action", step.action().name())
        .put("times", step.times())
        .put("rollbackBy", step.rollbackBy())
        .put("itemFailures", step.itemFailures());
  }

  private static Fields fields(Redundancy redundancy) {
    return Fields.of()
        .put("kind", redundancy.kind().name())
        .put("replicas", redundancy.replicas())
        .put("stragglerPercent", redundancy.stragglerPercent())
        .put("stragglerMin", time(redundancy.stragglerMin()));
  }

  private static Fields fields(CheckpointPolicy policy) {
    return Fields.of()
        .put("items", policy.items())
        .put("interval", time(policy.interval()))
        .put("bytes", policy.bytes())
        .put("partsDone", policy.partsDone())
        .put(
            "adaptive",
            policy
                .adaptive()
                .map(
                    bounds ->
                        Fields.of().put("min", time(bounds.min())).put("max", time(bounds.max()))))
        .put("kept", policy.kept())
        .put("keepLog", policy.keepLog())
        .put(
            "coordinated",
            policy
                .coordinated()
                .map(
                    barriers ->
                        Fields.of()
                            .put("interval", time(barriers.interval()))
                            .put("timeout", time(barriers.timeout()))));
  }

  private static Fields fields(Verification verification) {
    return Fields.of()
        .put("comparison", verification.comparison().name())
        .put("tolerance", verification.tolerance())
        .texts("fields", verification.fields())
        .put("allEqual", verification.allEqual())
        .put("comparator", verification.comparator());
  }

  private static Fields fields(Detection detection) {
    return Fields.of()
        .put("ttl", time(detection.ttl()))
        .put("heartbeat", time(detection.heartbeat()))
        .put("ack", time(detection.ack()))
        .put("noProgress", time(detection.noProgress()))
        .put("attemptMax", time(detection.attemptMax()))
        .put("suspectMax", time(detection.suspectMax()))
        .put("heapPercentMax", detection.heapPercentMax())
        .put("gcPercentMax", detection.gcPercentMax())
        .put("cpuPercentMax", detection.cpuPercentMax());
  }
}
