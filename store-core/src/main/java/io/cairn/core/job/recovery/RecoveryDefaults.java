package io.cairn.core.job.recovery;

import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPolicy;
import io.cairn.protocol.v1.RecoveryRule;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.RetryPolicy;
import java.util.Arrays;
import java.util.List;

/**
 * The policies of a job whose submitter gave none. They are stored with the job, so a later version
 * may have others.
 *
 * <p>Pauses between attempts begin at 200 ms, double up to a minute, and get up to 20 percent on
 * top. Faults are not counted over all rules. What is done about a fault:
 *
 * <pre>
 * PROCESS_LOST, NODE_LOST, NETWORK   RESUME 1,000 times, FAIL     not the task's doing
 * OUT_OF_MEMORY, DISK_FULL           MOVE_NODE 10 times, FAIL     another node may have room
 * TIMEOUT                            MOVE_NODE 3 times, FAIL      another node may be faster
 * CORRUPTION                         ROLLBACK by 1, RESTART, FAIL
 * POISON_ITEM, with an item          SKIP_ITEM after 3 failures of it, up to 100 items, FAIL
 * RESULT_MISMATCH                    RESTART, FAIL                its state cannot be trusted
 * CANCELLED                          FAIL                         somebody wants it so
 * TASK_ERROR and any other           RESUME 3 times, FAIL
 * </pre>
 *
 * A POISON_ITEM fault that names no item is treated as any other. One that cannot be tried again
 * ends the task unless its type stands in a line above: TASK_ERROR is meant by the last rule
 * without being named.
 */
public final class RecoveryDefaults {
  private static final RetryPolicy RETRY =
      RetryPolicy.newBuilder()
          .setBackoffFirstMillis(200)
          .setBackoffMaxMillis(60_000)
          .setBackoffPercent(200)
          .setJitterPercent(20)
          .build();

  private static final RecoveryStep SKIP =
      step(RecoveryAction.SKIP_ITEM, 100).toBuilder().setItemFailures(3).build();

  private static final RecoveryStep BACK =
      step(RecoveryAction.ROLLBACK, 1).toBuilder().setRollbackBy(1).build();

  private static final RecoveryPolicy RECOVERY =
      RecoveryPolicy.newBuilder()
          .addRules(
              rule(
                  List.of(FaultTypes.PROCESS_LOST, FaultTypes.NODE_LOST, FaultTypes.NETWORK),
                  step(RecoveryAction.RESUME, 1_000)))
          .addRules(
              rule(
                  List.of(FaultTypes.OUT_OF_MEMORY, FaultTypes.DISK_FULL),
                  step(RecoveryAction.MOVE_NODE, 10)))
          .addRules(rule(List.of(FaultTypes.TIMEOUT), step(RecoveryAction.MOVE_NODE, 3)))
          .addRules(rule(List.of(FaultTypes.CORRUPTION), BACK, step(RecoveryAction.RESTART, 1)))
          .addRules(rule(List.of(FaultTypes.POISON_ITEM), SKIP))
          .addRules(rule(List.of(FaultTypes.RESULT_MISMATCH), step(RecoveryAction.RESTART, 1)))
          .addRules(rule(List.of(FaultTypes.CANCELLED)))
          .addRules(rule(List.of(), step(RecoveryAction.RESUME, 3)))
          .build();

  private RecoveryDefaults() {}

  /** When a task is dispatched again. */
  public static RetryPolicy retry() {
    return RETRY;
  }

  /** What is done about faults. */
  public static RecoveryPolicy recovery() {
    return RECOVERY;
  }

  private static RecoveryRule rule(List<String> types, RecoveryStep... steps) {
    return RecoveryRule.newBuilder()
        .addAllFaultTypes(types)
        .addAllSteps(Arrays.asList(steps))
        .addSteps(RecoveryStep.newBuilder().setAction(RecoveryAction.FAIL))
        .build();
  }

  private static RecoveryStep step(RecoveryAction action, int times) {
    return RecoveryStep.newBuilder().setAction(action).setTimes(times).build();
  }
}
