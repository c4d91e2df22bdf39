package io.cairn.core.job.recovery;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.QuarantineRow;
import io.cairn.core.storage.v1.TaskRecovery;
import io.cairn.core.storage.v1.TaskRowOrBuilder;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryRule;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.TaskOrBuilder;
import java.util.List;
import java.util.Optional;

/**
 * What a job's recovery policy says to a fault of one of its tasks. A pure function of rows and
 * fault: it changes nothing, and {@link Recovery#apply} writes what it said.
 *
 * <ol>
 *   <li>A task that has had as many faults as {@code attempts_max} ends.
 *   <li>The first rule that fits decides: by the fault's type and the kind of its most exact place.
 *       For a fault that cannot be tried again only rules that name its type fit. A rule whose turn
 *       is at SKIP_ITEM fits only a fault that names an item for which there is room.
 *   <li>The rule's steps are used up one after the other, a fault each; SKIP_ITEM is used by items
 *       that go to quarantine, not by the failures before.
 *   <li>Without a rule the task ends.
 * </ol>
 */
public final class RecoveryPolicies {
  private RecoveryPolicies() {}

  /** The decision about a fault that ends the present attempt of the task. */
  public static Decision decide(ReadView view, JobSpec spec, TaskRowOrBuilder row, Fault fault) {
    int attemptsMax = spec.getRetry().getAttemptsMax();
    int faults = row.getRecovery().getFaults() + 1;
    if (attemptsMax > 0 && faults >= attemptsMax) {
      return Decision.end("fault " + faults + " of at most " + attemptsMax);
    }
    List<RecoveryRule> rules = spec.getRecovery().getRulesList();
    for (int rule = 0; rule < rules.size(); rule++) {
      if (fits(rules.get(rule), fault)) {
        Optional<Decision> decision = new Turn(view, spec, row, fault, rule).decide();
        if (decision.isPresent()) {
          return decision.get();
        }
      }
    }
    return Decision.end(
        "no rule fits "
            + fault.getType()
            + " at "
            + FaultPlaces.kind(fault.getPlace())
            + (fault.getRetryable() ? "" : ", which cannot be tried again"));
  }

  /** Faults in a row if there is one now: they start anew with each new checkpoint. */
  static int faultsInRow(TaskOrBuilder task, TaskRecovery recovery) {
    boolean first =
        recovery.getFaults() == 0 || task.getCheckpointSeq() > recovery.getFaultCheckpointSeq();
    return first ? 1 : recovery.getFaultsInRow() + 1;
  }

  private static boolean fits(RecoveryRule rule, Fault fault) {
    boolean named = rule.getFaultTypesList().contains(fault.getType());
    boolean any = rule.getFaultTypesCount() == 0 && fault.getRetryable();
    boolean place =
        rule.getPlacesCount() == 0
            || rule.getPlacesList().contains(FaultPlaces.kind(fault.getPlace()));
    return (named || any) && place;
  }

  /** One rule's turn at one fault. */
  private record Turn(ReadView view, JobSpec spec, TaskRowOrBuilder row, Fault fault, int rule) {
    /** Empty: the rule does not fit after all. */
    Optional<Decision> decide() {
      List<RecoveryStep> steps = spec.getRecovery().getRules(rule).getStepsList();
      TaskRecovery recovery = row.getRecovery();
      int ruleUsed = rule < recovery.getUsedCount() ? recovery.getUsed(rule) : 0;
      long before = 0;
      for (int i = 0; i < steps.size(); i++) {
        RecoveryStep step = steps.get(i);
        if (step.getAction() == RecoveryAction.FAIL) {
          return Optional.of(end(i, ruleUsed));
        }
        if (ruleUsed < before + step.getTimes()) {
          int used = (int) (ruleUsed - before);
          return step.getAction() == RecoveryAction.SKIP_ITEM
              ? skip(i, used, ruleUsed)
              : Optional.of(
                  decision(new Decision.Use(rule, i, used, ruleUsed + 1), Optional.empty()));
        }
        before += step.getTimes();
      }
      return Optional.of(end(steps.size(), ruleUsed));
    }

    private Optional<Decision> skip(int step, int used, int ruleUsed) {
      ByteString name = fault.getPlace().getItem();
      if (name.isEmpty()) {
        return Optional.empty();
      }
      Optional<QuarantineRow> known = Quarantine.find(view, row.getTask().getId(), name);
      if (known.isEmpty() && row.getRecovery().getItems() >= Limits.ITEMS_FAILED_MAX) {
        return Optional.empty();
      }
      int failures = 1 + known.map(QuarantineRow::getFailures).orElse(0);
      RecoveryStep policy = spec.getRecovery().getRules(rule).getSteps(step);
      // One that is left out already and fails all the same counts, too: else it had no end.
      boolean before = known.filter(QuarantineRow::getSkipped).isPresent();
      boolean quarantined = before || failures >= policy.getItemFailures();
      return Optional.of(
          decision(
              new Decision.Use(rule, step, used, ruleUsed + (quarantined ? 1 : 0)),
              Optional.of(new Decision.Item(name, failures, quarantined, quarantined && !before))));
    }

    private Decision decision(Decision.Use use, Optional<Decision.Item> item) {
      RecoveryStep step = spec.getRecovery().getRules(rule).getSteps(use.step());
      TaskOrBuilder task = row.getTaskOrBuilder();
      int inRow = faultsInRow(task, row.getRecovery());
      String reason =
          "rule "
              + rule
              + ", step "
              + use.step()
              + " ("
              + step.getAction()
              + "), used for "
              + use.used()
              + " of "
              + step.getTimes()
              + item.map(
                      i ->
                          "; failure "
                              + i.failures()
                              + " of "
                              + step.getItemFailures()
                              + " of the item")
                  .orElse("");
      return new Decision(
          step,
          use,
          Backoff.pauseMillis(spec.getRetry(), task.getId(), task.getAttempt(), inRow),
          item,
          reason);
    }

    private Decision end(int step, int ruleUsed) {
      Decision end =
          Decision.end(
              "rule " + rule + ": " + (ruleUsed == 0 ? "FAIL" : "all steps before FAIL are used"));
      return new Decision(
          end.step(),
          new Decision.Use(rule, step, 0, ruleUsed),
          end.pauseMillis(),
          end.item(),
          end.reason());
    }
  }
}
