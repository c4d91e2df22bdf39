package io.cairn.core.job.redundancy;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.Verification;
import java.util.HashSet;
import java.util.Set;

/** What can be said about a job's redundancy and verification without looking at the state. */
public final class RedundancyShape {
  private static final int PERCENT_MIN = 110;
  private static final int PERCENT_MAX = 1_000_000;
  private static final int PERCENT_DEFAULT = 200;
  private static final long STRAGGLER_MILLIS_DEFAULT = 1_000;

  private RedundancyShape() {}

  /** What a job has that its submitter did not say. */
  public static Redundancy fill(Redundancy given) {
    if (given.getKind() != Redundancy.Kind.SPECULATE) {
      return given;
    }
    Redundancy.Builder filled = given.toBuilder();
    if (filled.getStragglerPercent() == 0) {
      filled.setStragglerPercent(PERCENT_DEFAULT);
    }
    if (filled.getStragglerMillisMin() == 0) {
      filled.setStragglerMillisMin(STRAGGLER_MILLIS_DEFAULT);
    }
    return filled.build();
  }

  /** Refuses what no job can have. */
  public static void check(JobSpec spec, long partitions) {
    Redundancy redundancy = spec.getRedundancy();
    switch (redundancy.getKind()) {
      case NONE, STANDBY -> {}
      case SPECULATE -> {
        within("percent of the median", redundancy.getStragglerPercent(), PERCENT_MIN, PERCENT_MAX);
        within(
            "milliseconds of a straggler",
            redundancy.getStragglerMillisMin(),
            1,
            Limits.LEASE_TTL_MILLIS_MAX);
      }
      case REPLICAS -> {
        within("replicas", redundancy.getReplicas(), 2, Limits.REPLICAS_MAX);
        Checks.size("partitions of a job with replicas", partitions, Limits.COORDINATED_TASKS_MAX);
      }
      default -> throw invalid("a redundancy of an unknown kind");
    }
    boolean several =
        redundancy.getKind() == Redundancy.Kind.SPECULATE
            || redundancy.getKind() == Redundancy.Kind.REPLICAS;
    if (several && spec.getCheckpoints().getCoordinated()) {
      throw invalid("checkpoints of all tasks together, and several runs of a partition");
    }
    if (redundancy.getKind() == Redundancy.Kind.REPLICAS) {
      check(spec.getVerification());
    } else if (!spec.getVerification().equals(Verification.getDefaultInstance())) {
      throw invalid("verification compares replicas, and the job has none");
    }
  }

  private static void check(Verification verification) {
    double tolerance = verification.getTolerance();
    if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
      throw invalid("a tolerance of " + tolerance + ", it must be finite and not negative");
    }
    Checks.size("compared fields", verification.getFieldsCount(), Limits.RESULT_FIELDS_MAX);
    Set<String> names = new HashSet<>();
    for (String name : verification.getFieldsList()) {
      Checks.name("compared field's name", name, false);
      if (!names.add(name)) {
        throw invalid("compared field \"" + name + "\" comes twice");
      }
    }
    switch (verification.getComparison()) {
      case EXACT, TOLERANCE -> {}
      case FIELDS -> {
        if (names.isEmpty()) {
          throw invalid("fields are compared, and none is named");
        }
      }
      case CUSTOM -> Checks.name("comparator", verification.getComparator(), false);
      default -> throw invalid("a comparison of an unknown kind");
    }
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

  private static Refusal invalid(String message) {
    return new Refusal(ErrorCode.INVALID_ARGUMENT, message);
  }
}
