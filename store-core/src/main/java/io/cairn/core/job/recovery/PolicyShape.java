package io.cairn.core.job.recovery;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPolicy;
import io.cairn.protocol.v1.RecoveryRule;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.RetryPolicy;
import java.util.List;

/** What can be said about policies without looking at a job. Refuses those that no job can have. */
public final class PolicyShape {
  private PolicyShape() {}

  /** Refuses INVALID_ARGUMENT. */
  public static void check(RetryPolicy retry) {
    within("attempts at most", retry.getAttemptsMax(), 0, Integer.MAX_VALUE);
    within("longest pause in ms", retry.getBackoffMaxMillis(), 0, Limits.BACKOFF_MILLIS_MAX);
    within("first pause in ms", retry.getBackoffFirstMillis(), 0, retry.getBackoffMaxMillis());
    within("growth of pauses in percent", retry.getBackoffPercent(), 100, 10_000);
    within("jitter of pauses in percent", retry.getJitterPercent(), 0, 100);
  }

  /** Refuses INVALID_ARGUMENT and TOO_LARGE. */
  public static void check(RecoveryPolicy policy) {
    Checks.size("rules of a recovery policy", policy.getRulesCount(), Limits.POLICY_ITEMS_MAX);
    for (int i = 0; i < policy.getRulesCount(); i++) {
      check("rule " + i, policy.getRules(i));
    }
  }

  private static void check(String where, RecoveryRule rule) {
    Checks.size("fault types of " + where, rule.getFaultTypesCount(), Limits.POLICY_ITEMS_MAX);
    Checks.size("places of " + where, rule.getPlacesCount(), Limits.POLICY_ITEMS_MAX);
    Checks.size("steps of " + where, rule.getStepsCount(), Limits.POLICY_ITEMS_MAX);
    rule.getFaultTypesList().forEach(type -> Checks.name("fault type of " + where, type, false));
    if (rule.getPlacesList().contains(FaultPlace.Kind.UNRECOGNIZED)) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, where + " names a place of unknown kind");
    }
    List<RecoveryStep> steps = rule.getStepsList();
    if (steps.isEmpty() || steps.get(steps.size() - 1).getAction() != RecoveryAction.FAIL) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          where + ": its last step is not FAIL, a policy with no terminal action");
    }
    for (int i = 0; i < steps.size(); i++) {
      boolean last = i == steps.size() - 1;
      if ((steps.get(i).getAction() == RecoveryAction.FAIL) != last) {
        throw new Refusal(
            ErrorCode.INVALID_ARGUMENT, "step " + i + " of " + where + ": FAIL is the last one");
      }
      if (!last) {
        check("step " + i + " of " + where, steps.get(i));
      }
    }
  }

  private static void check(String where, RecoveryStep step) {
    within("times of " + where, step.getTimes(), 1, Integer.MAX_VALUE);
    switch (step.getAction()) {
      case ROLLBACK ->
          within(
              "checkpoints to go back by " + where,
              step.getRollbackBy(),
              1,
              Limits.CHECKPOINTS_KEPT_MAX);
      case SKIP_ITEM -> {
        within("items of " + where, step.getTimes(), 1, Limits.ITEMS_FAILED_MAX);
        within("failures of an item of " + where, step.getItemFailures(), 1, Integer.MAX_VALUE);
      }
      case RESUME, REPLAY_LOG, RESTART, MOVE_NODE, FAIL -> {}
      case RECOVERY_ACTION_UNSPECIFIED, UNRECOGNIZED ->
          throw new Refusal(ErrorCode.INVALID_ARGUMENT, where + " has no known action");
    }
  }

  private static void within(String what, long actual, long min, long max) {
    if (actual < min || actual > max) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          what + ": " + actual + ", allowed are " + min + " to " + max,
          actual < min ? min : max,
          actual);
    }
  }
}
