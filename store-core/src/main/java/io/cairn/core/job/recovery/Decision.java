package io.cairn.core.job.recovery;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryStep;
import java.util.Optional;

/**
 * What the recovery policy says to one fault. Nothing has been changed by it yet.
 *
 * @param step what is done, as the policy says it
 * @param use of the rule that decided; {@link Use#NONE}: none did
 * @param pauseMillis before the task may be dispatched again; 0 if it has failed for good
 * @param item that the fault is counted for, if the step is for items
 * @param reason why, for people
 */
public record Decision(
    RecoveryStep step, Use use, long pauseMillis, Optional<Item> item, String reason) {
  /**
   * How far a rule has been used.
   *
   * @param rule of the policy, from 0; -1: none fits
   * @param step of the rule, from 0; -1: none
   * @param used faults that the step had been used for before this one
   * @param ruleUsed what the rule has been used for after this fault
   */
  public record Use(int rule, int step, int used, int ruleUsed) {
    /** No rule decided. */
    public static final Use NONE = new Use(-1, -1, 0, 0);
  }

  /**
   * An item that failed.
   *
   * @param failures of it, this one included
   * @param quarantined true: later attempts leave it out
   * @param added true: from now on
   */
  public record Item(ByteString name, int failures, boolean quarantined, boolean added) {}

  /** The end of the task, for a reason beside the rules. */
  static Decision end(String reason) {
    return new Decision(
        RecoveryStep.newBuilder().setAction(RecoveryAction.FAIL).build(),
        Use.NONE,
        0,
        Optional.empty(),
        reason);
  }

  /** What is done. */
  public RecoveryAction action() {
    return step.getAction();
  }

  /** True if the task has failed for good. */
  public boolean ends() {
    return action() == RecoveryAction.FAIL;
  }

  /** True if the next attempt should not run on the node of this one. */
  public boolean avoidsNode() {
    return action() == RecoveryAction.MOVE_NODE;
  }
}
