package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.FaultPlace;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.CheckpointPolicy.Adaptive;
import io.cairn.client.job.CheckpointPolicy.Coordinated;
import io.cairn.client.job.Detection;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.Partitions;
import io.cairn.client.job.RangePartition;
import io.cairn.client.job.RecoveryAction;
import io.cairn.client.job.RecoveryPolicy;
import io.cairn.client.job.RecoveryRule;
import io.cairn.client.job.RecoveryStep;
import io.cairn.client.job.Redundancy;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.Verification;
import io.cairn.client.job.Verification.Comparison;
import io.cairn.protocol.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A job's description as a file: the fields of {@link JobSpec}, each under its name. */
final class JobFile {
  private JobFile() {}

  /**
   * The description in {@code text}, not checked beyond its form.
   *
   * @param source where it came from, for messages
   * @param namespace if the file does not say one
   * @param name in place of that of the file
   */
  static JobSpec read(String source, String text, String namespace, Optional<String> name) {
    return SpecFile.read(source, text, fields -> spec(fields, namespace, name));
  }

  private static JobSpec spec(SpecFields fields, String namespace, Optional<String> name) {
    if (name.isEmpty()) {
      fields.need("name");
    }
    String said = fields.text("name").orElse("");
    JobName called = new JobName(fields.text("namespace").orElse(namespace), name.orElse(said));
    fields.need("stages");
    return new JobSpec(
        called,
        fields.each("stages", JobFile::stage, Optional.empty()),
        fields.within("retry", JobFile::retry).orElse(RetryPolicy.defaults()),
        fields.within("recovery", JobFile::recovery).orElse(RecoveryPolicy.defaults()),
        fields.within("redundancy", JobFile::redundancy).orElse(Redundancy.none()),
        fields.within("checkpoints", JobFile::checkpoints).orElse(CheckpointPolicy.defaults()),
        fields.within("verification", JobFile::verification).orElse(Verification.exact()),
        fields.within("detection", JobFile::detection).orElse(Detection.defaults()),
        fields.duration("keep").orElse(Duration.ZERO),
        fields.named("labels"),
        fields.flag("continueOnFailure").orElse(false));
  }

  private static StageSpec stage(SpecFields fields) {
    fields.need("name");
    fields.need("handler");
    Optional<Integer> partitions = partitions(fields);
    List<Bytes> payloads =
        fields.each(
            "payloads", JobFile::payload, Optional.<Function<String, Bytes>>of(Bytes::utf8));
    Optional<RangePartition> range = fields.within("range", JobFile::range);
    if (range.isPresent() && fields.has("payloads")) {
      fields.wrong("range", "and payloads exclude each other");
    } else if (range.isPresent() && partitions.orElse(0) > Partitions.RANGES_MAX) {
      fields.wrong(
          "range",
          "cannot be cut into %d partitions: a job has room for %d ranges; leave range out, and let"
                  .formatted(partitions.orElse(0), Partitions.RANGES_MAX)
              + " the handler cut by the partition's number");
    } else if (range.isPresent() && partitions.orElse(0) > 0) {
      payloads =
          Partitions.range(range.get().from(), range.get().to(), partitions.orElse(1)).stream()
              .map(RangePartition::payload)
              .toList();
    }
    if (payloads.isEmpty()) {
      fields.need("partitions");
    }
    return new StageSpec(
        fields.text("name").orElse(""),
        fields.text("handler").orElse(""),
        partitions.orElse(payloads.size()),
        payloads,
        fields.texts("after"));
  }

  /** Looked at here, as ranges are cut before the whole is checked. */
  private static Optional<Integer> partitions(SpecFields fields) {
    Optional<Integer> partitions = fields.number("partitions");
    Optional<Integer> allowed =
        partitions.filter(count -> count >= 1 && count <= Limits.PARTITIONS_MAX);
    if (partitions.isPresent() && allowed.isEmpty()) {
      fields.wrong(
          "partitions",
          "is %d, allowed are 1 to %d".formatted(partitions.get(), Limits.PARTITIONS_MAX));
    }
    return allowed;
  }

  private static Bytes payload(SpecFields fields) {
    Optional<Bytes> base64 = encoded(fields, "base64", Base64.getDecoder()::decode);
    Optional<Bytes> hex = encoded(fields, "hex", HexFormat.of()::parseHex);
    if (base64.isEmpty() && hex.isEmpty()) {
      fields.need("base64");
    }
    return base64.or(() -> hex).orElse(Bytes.empty());
  }

  private static Optional<Bytes> encoded(
      SpecFields fields, String form, Function<String, byte[]> decoder) {
    Optional<String> text = fields.text(form);
    try {
      return text.map(decoder).map(Bytes::of);
    } catch (IllegalArgumentException e) {
      fields.wrong(form, "is not " + form);
      return Optional.of(Bytes.empty());
    }
  }

  private static RangePartition range(SpecFields fields) {
    fields.need("to");
    long from = fields.large("from").orElse(0L);
    long to = fields.large("to").orElse(from);
    boolean fits = to >= from && (from >= 0 || to <= Long.MAX_VALUE + from);
    if (!fits) {
      fields.wrong("to", "must not be less than from, nor too far behind it");
    }
    return new RangePartition(from, fits ? to : from);
  }

  private static RetryPolicy retry(SpecFields fields) {
    RetryPolicy base = RetryPolicy.defaults();
    return new RetryPolicy(
        fields.number("attemptsMax").orElse(base.attemptsMax()),
        fields.duration("backoffFirst").orElse(base.backoffFirst()),
        fields.duration("backoffLongest").orElse(base.backoffLongest()),
        fields.number("backoffPercent").orElse(base.backoffPercent()),
        fields.number("jitterPercent").orElse(base.jitterPercent()));
  }

  private static RecoveryPolicy recovery(SpecFields fields) {
    fields.need("rules");
    return new RecoveryPolicy(fields.each("rules", JobFile::rule, Optional.empty()));
  }

  private static RecoveryRule rule(SpecFields fields) {
    fields.need("steps");
    List<RecoveryStep> steps =
        new ArrayList<>(fields.each("steps", JobFile::step, Optional.empty()));
    if (steps.isEmpty() || steps.get(steps.size() - 1).action() != RecoveryAction.FAIL) {
      steps.add(RecoveryStep.fail());
    }
    return new RecoveryRule(
        new HashSet<>(fields.texts("faultTypes")),
        new HashSet<>(fields.eachOf("places", FaultPlace.Kind.class)),
        steps);
  }

  private static RecoveryStep step(SpecFields fields) {
    fields.need("action");
    RecoveryAction action =
        fields.oneOf("action", RecoveryAction.class).orElse(RecoveryAction.RESUME);
    return new RecoveryStep(
        action,
        fields.number("times").orElse(action == RecoveryAction.FAIL ? 0 : 1),
        fields.number("rollbackBy").orElse(action == RecoveryAction.ROLLBACK ? 1 : 0),
        fields.number("itemFailures").orElse(action == RecoveryAction.SKIP_ITEM ? 1 : 0));
  }

  private static Redundancy redundancy(SpecFields fields) {
    Redundancy.Kind kind = fields.oneOf("kind", Redundancy.Kind.class).orElse(Redundancy.Kind.NONE);
    if (kind == Redundancy.Kind.SPECULATE) {
      fields.need("stragglerPercent");
    } else if (kind == Redundancy.Kind.REPLICAS) {
      fields.need("replicas");
    }
    return new Redundancy(
        kind,
        fields.number("replicas").orElse(0),
        fields.number("stragglerPercent").orElse(0),
        fields.duration("stragglerMin").orElse(Duration.ZERO));
  }

  private static CheckpointPolicy checkpoints(SpecFields fields) {
    CheckpointPolicy base = CheckpointPolicy.defaults();
    return new CheckpointPolicy(
        fields.number("items").orElse(base.items()),
        fields.duration("interval").orElse(base.interval()),
        fields.bytes("bytes").orElse(base.bytes()),
        fields.number("partsDone").orElse(base.partsDone()),
        fields.within("adaptive", JobFile::adaptive),
        fields.number("kept").orElse(base.kept()),
        fields.flag("keepLog").orElse(base.keepLog()),
        fields.within("coordinated", JobFile::coordinated));
  }

  private static Adaptive adaptive(SpecFields fields) {
    fields.need("min");
    fields.need("max");
    return new Adaptive(
        fields.duration("min").orElse(Duration.ZERO), fields.duration("max").orElse(Duration.ZERO));
  }

  private static Coordinated coordinated(SpecFields fields) {
    fields.need("timeout");
    return new Coordinated(
        fields.duration("interval").orElse(Duration.ZERO),
        fields.duration("timeout").orElse(Duration.ZERO));
  }

  private static Verification verification(SpecFields fields) {
    return new Verification(
        fields.oneOf("comparison", Comparison.class).orElse(Comparison.EXACT),
        fields.fraction("tolerance").orElse(0.0),
        fields.texts("fields"),
        fields.flag("allEqual").orElse(false),
        fields.text("comparator").orElse(""));
  }

  private static Detection detection(SpecFields fields) {
    Detection base = Detection.defaults();
    return new Detection(
        fields.duration("ttl").orElse(base.ttl()),
        fields.duration("heartbeat").orElse(base.heartbeat()),
        fields.duration("ack").orElse(base.ack()),
        fields.duration("noProgress").orElse(base.noProgress()),
        fields.duration("attemptMax").orElse(base.attemptMax()),
        fields.duration("suspectMax").orElse(base.suspectMax()),
        fields.number("heapPercentMax").orElse(base.heapPercentMax()),
        fields.number("gcPercentMax").orElse(base.gcPercentMax()),
        fields.number("cpuPercentMax").orElse(base.cpuPercentMax()));
  }
}
