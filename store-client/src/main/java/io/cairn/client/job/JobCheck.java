package io.cairn.client.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.protocol.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with a job, found before it is sent; the store looks again. */
final class JobCheck {
  private static final Duration TIME_MAX = Duration.ofMillis(Limits.LEASE_TTL_MILLIS_MAX);
  private static final int STRAGGLER_PERCENT_MIN = 110;

  /** What is stored with each payload beside its own bytes, at least. */
  private static final int PAYLOAD_BYTES = 2;

  private final JobSpec spec;
  private final List<String> wrong = new ArrayList<>();

  private JobCheck(JobSpec spec) {
    this.spec = spec;
  }

  /** One message for each thing that is wrong. */
  static List<String> of(JobSpec spec) {
    JobCheck check = new JobCheck(spec);
    check.names();
    check.stages();
    check.retry();
    check.recovery();
    check.redundancy();
    check.checkpoints();
    check.detection();
    check.time("keep", spec.keep(), Duration.ZERO);
    return List.copyOf(check.wrong);
  }

  private void names() {
    text("namespace", spec.name().namespace(), Limits.NAME_BYTES_MAX);
    part("job name", spec.name().name());
    number("labels", spec.labels().size(), 0, Limits.LABELS_MAX);
  }

  private void stages() {
    number("stages", spec.stages().size(), 1, Limits.STAGES_MAX);
    Map<String, List<String>> after = new HashMap<>();
    long bytes = 0;
    long largest = 0;
    String heaviest = "";
    for (StageSpec stage : spec.stages()) {
      String what = "stage '" + stage.name() + "'";
      part("stage name", stage.name());
      text(what + ": handler", stage.handler(), Limits.NAME_BYTES_MAX);
      number(what + ": partitions", stage.partitions(), 1, Limits.PARTITIONS_MAX);
      if (!stage.payloads().isEmpty() && stage.payloads().size() != stage.partitions()) {
        wrong.add(
            "%s: %d payloads for %d partitions, none or one for each is needed"
                .formatted(what, stage.payloads().size(), stage.partitions()));
      }
      long ofStage =
          stage.payloads().stream().mapToLong(payload -> payload.size() + PAYLOAD_BYTES).sum();
      if (ofStage > largest) {
        largest = ofStage;
        heaviest = what;
      }
      bytes += ofStage;
      if (after.put(stage.name(), stage.after()) != null) {
        wrong.add(what + " is there twice");
      }
    }
    if (bytes > Limits.JOB_SPEC_BYTES_MAX) {
      wrong.add(
          "payloads take %d bytes, most of them of %s; a job may have %d, which are about %d ranges: cut into fewer partitions, or let the handler cut by the partition's number"
              .formatted(bytes, heaviest, Limits.JOB_SPEC_BYTES_MAX, Partitions.RANGES_MAX));
    }
    order(after);
  }

  private void order(Map<String, List<String>> after) {
    after.forEach(
        (stage, before) ->
            before.stream()
                .filter(name -> !after.containsKey(name))
                .forEach(
                    name ->
                        wrong.add(
                            "stage '" + stage + "' is after '" + name + "', which is not there")));
    Set<String> done = new HashSet<>();
    boolean progress = true;
    while (progress) {
      progress = false;
      for (Map.Entry<String, List<String>> stage : after.entrySet()) {
        boolean free =
            stage.getValue().stream()
                .allMatch(name -> done.contains(name) || !after.containsKey(name));
        progress |= free && done.add(stage.getKey());
      }
    }
    if (done.size() < after.size()) {
      Set<String> circle = new java.util.TreeSet<>(after.keySet());
      circle.removeAll(done);
      wrong.add("stages " + circle + " wait for each other");
    }
  }

  private void retry() {
    RetryPolicy retry = spec.retry();
    number("retry.attemptsMax", retry.attemptsMax(), 0, Integer.MAX_VALUE);
    time("retry.backoffLongest", retry.backoffLongest(), Duration.ZERO);
    time("retry.backoffFirst", retry.backoffFirst(), Duration.ZERO);
    if (retry.backoffFirst().compareTo(retry.backoffLongest()) > 0) {
      wrong.add(
          "retry: the first pause of %d ms is longer than the longest of %d ms"
              .formatted(retry.backoffFirst().toMillis(), retry.backoffLongest().toMillis()));
    }
    number("retry.backoffPercent", retry.backoffPercent(), 100, 100_000);
    number("retry.jitterPercent", retry.jitterPercent(), 0, 100);
  }

  private void recovery() {
    List<RecoveryRule> rules = spec.recovery().rules();
    number("recovery.rules", rules.size(), 1, Limits.POLICY_ITEMS_MAX);
    for (int i = 0; i < rules.size(); i++) {
      rule("recovery.rules[" + i + "]", rules.get(i));
    }
  }

  private void rule(String what, RecoveryRule rule) {
    number(what + ".faultTypes", rule.faultTypes().size(), 0, Limits.POLICY_ITEMS_MAX);
    rule.faultTypes().forEach(type -> text(what + ".faultTypes", type, Limits.NAME_BYTES_MAX));
    number(what + ".steps", rule.steps().size(), 1, Limits.POLICY_ITEMS_MAX);
    for (int i = 0; i < rule.steps().size(); i++) {
      RecoveryStep step = rule.steps().get(i);
      String which = what + ".steps[" + i + "] (" + step.action() + ")";
      boolean last = i == rule.steps().size() - 1;
      if (last != (step.action() == RecoveryAction.FAIL)) {
        wrong.add(which + ": FAIL is the last step, and only that");
      }
      if (step.action() == RecoveryAction.UNKNOWN) {
        wrong.add(which + ": it cannot be asked for");
      } else if (step.action() != RecoveryAction.FAIL) {
        number(which + ": times", step.times(), 1, 1_000_000_000);
      }
      if (step.action() == RecoveryAction.ROLLBACK) {
        number(which + ": checkpoints", step.rollbackBy(), 1, Limits.CHECKPOINTS_KEPT_MAX);
      }
      if (step.action() == RecoveryAction.SKIP_ITEM) {
        number(which + ": failures of an item", step.itemFailures(), 1, 1_000_000_000);
      }
    }
  }

  private void redundancy() {
    Redundancy redundancy = spec.redundancy();
    if (redundancy.kind() == Redundancy.Kind.REPLICAS) {
      number("redundancy.replicas", redundancy.replicas(), 2, Limits.REPLICAS_MAX);
    }
    if (redundancy.kind() == Redundancy.Kind.SPECULATE) {
      number(
          "redundancy.stragglerPercent",
          redundancy.stragglerPercent(),
          STRAGGLER_PERCENT_MIN,
          100_000);
      time("redundancy.stragglerMin", redundancy.stragglerMin(), Duration.ZERO);
    }
    Verification verification = spec.verification();
    if (!(verification.tolerance() >= 0) || Double.isInfinite(verification.tolerance())) {
      wrong.add("verification.tolerance: " + verification.tolerance() + " is not 0 or more");
    }
    if (verification.comparison() == Verification.Comparison.FIELDS) {
      number("verification.fields", verification.fields().size(), 1, Limits.RESULT_FIELDS_MAX);
    }
    if (verification.comparison() == Verification.Comparison.CUSTOM) {
      text("verification.comparator", verification.comparator(), Limits.NAME_BYTES_MAX);
    }
  }

  private void checkpoints() {
    CheckpointPolicy policy = spec.checkpoints();
    number("checkpoints.items", policy.items(), 0, 1_000_000_000);
    time("checkpoints.interval", policy.interval(), Duration.ZERO);
    number("checkpoints.bytes", policy.bytes(), 0, Long.MAX_VALUE);
    number("checkpoints.partsDone", policy.partsDone(), 0, 1_000_000_000);
    number("checkpoints.kept", policy.kept(), 0, Limits.CHECKPOINTS_KEPT_MAX);
    policy
        .adaptive()
        .ifPresent(
            bounds -> {
              time("checkpoints.adaptive.min", bounds.min(), Duration.ofMillis(1));
              time("checkpoints.adaptive.max", bounds.max(), bounds.min());
            });
    policy
        .coordinated()
        .ifPresent(
            barriers -> {
              time("checkpoints.coordinated.interval", barriers.interval(), Duration.ZERO);
              time("checkpoints.coordinated.timeout", barriers.timeout(), Duration.ofMillis(1));
              number(
                  "checkpoints: tasks that are saved together",
                  spec.stages().stream().mapToLong(StageSpec::partitions).sum(),
                  1,
                  Limits.COORDINATED_TASKS_MAX);
            });
  }

  private void detection() {
    Detection detection = spec.detection();
    time("detection.ttl", detection.ttl(), Duration.ofMillis(Limits.LEASE_TTL_MILLIS_MIN));
    time("detection.heartbeat", detection.heartbeat(), Duration.ZERO);
    if (detection.heartbeat().compareTo(detection.ttl()) >= 0) {
      wrong.add(
          "detection.heartbeat: one every %d ms is not less than the ttl of %d ms"
              .formatted(detection.heartbeat().toMillis(), detection.ttl().toMillis()));
    }
    time("detection.ack", detection.ack(), Duration.ofMillis(1));
    time("detection.noProgress", detection.noProgress(), Duration.ZERO);
    time("detection.attemptMax", detection.attemptMax(), Duration.ZERO);
    time("detection.suspectMax", detection.suspectMax(), Duration.ZERO);
    number("detection.heapPercentMax", detection.heapPercentMax(), 0, 100);
    number("detection.gcPercentMax", detection.gcPercentMax(), 0, 100);
    number("detection.cpuPercentMax", detection.cpuPercentMax(), 0, 100);
  }

  private void part(String what, String name) {
    text(what, name, Limits.NAME_BYTES_MAX);
    if (name.indexOf('/') >= 0 || name.indexOf('#') >= 0) {
      wrong.add(what + " '" + name + "' has / or #, which separate the parts of a task's name");
    }
  }

  private void text(String what, String text, int bytesMax) {
    if (text.isEmpty()) {
      wrong.add(what + " is empty");
    } else if (!UTF_8.newEncoder().canEncode(text)) {
      wrong.add(what + " cannot be written in UTF-8");
    } else {
      number("bytes of " + what, text.getBytes(UTF_8).length, 1, bytesMax);
    }
  }

  private void number(String what, long number, long min, long max) {
    if (number < min || number > max) {
      wrong.add("%s: %d, allowed are %d to %d".formatted(what, number, min, max));
    }
  }

  private void time(String what, Duration time, Duration min) {
    if (time.compareTo(min) < 0 || time.compareTo(TIME_MAX) > 0) {
      wrong.add(
          "%s: %s, allowed are %d to %d ms"
              .formatted(what, shown(time), min.toMillis(), TIME_MAX.toMillis()));
    }
  }

  /** In the unit of what is allowed, if a long can hold it. */
  private static String shown(Duration time) {
    Duration most = TIME_MAX.multipliedBy(1_000);
    boolean fits = time.compareTo(most) < 0 && time.compareTo(most.negated()) > 0;
    return fits ? time.toMillis() + " ms" : time.toString();
  }
}
