package io.cairn.client.job;

import io.cairn.protocol.FaultTypes;
import java.util.List;

/**
 * What is done about a fault: the first rule that fits it decides. A fault that no rule fits ends
 * the task.
 */
public record RecoveryPolicy(List<RecoveryRule> rules) {
  /** Keeps its own copy. */
  public RecoveryPolicy {
    rules = List.copyOf(rules);
  }

  /** These rules. */
  public static RecoveryPolicy of(RecoveryRule... rules) {
    return new RecoveryPolicy(List.of(rules));
  }

  /**
   * The rules of a job that says nothing:
   *
   * <ol>
   *   <li>CORRUPTION: back by one checkpoint twice, then from nothing once;
   *   <li>POISON_ITEM: an item that failed three times is left out, at most 100 of a task;
   *   <li>DISK_FULL, OUT_OF_MEMORY: on another node, five times;
   *   <li>PROCESS_LOST, NODE_LOST, NETWORK: from the newest checkpoint, 20 times;
   *   <li>all others: from the newest checkpoint, three times.
   * </ol>
   */
  public static RecoveryPolicy defaults() {
    return of(
        RecoveryRule.of(
            FaultTypes.CORRUPTION, RecoveryStep.rollback(1, 2), RecoveryStep.restart(1)),
        RecoveryRule.of(FaultTypes.POISON_ITEM, RecoveryStep.skipItem(3, 100)),
        rule(RecoveryStep.moveNode(5), FaultTypes.DISK_FULL, FaultTypes.OUT_OF_MEMORY),
        rule(
            RecoveryStep.resume(20),
            FaultTypes.PROCESS_LOST,
            FaultTypes.NODE_LOST,
            FaultTypes.NETWORK),
        RecoveryRule.ofAny(RecoveryStep.resume(3)));
  }

  private static RecoveryRule rule(RecoveryStep step, String... types) {
    return new RecoveryRule(
        java.util.Set.of(types), java.util.Set.of(), List.of(step, RecoveryStep.fail()));
  }
}
