package io.cairn.client.job;

/**
 * What is done about so many faults, before the next step's turn comes.
 *
 * @param times faults that it is for; of SKIP_ITEM: items that may be left out; of FAIL: 0
 * @param rollbackBy ROLLBACK: checkpoints to go back behind the newest, at least 1; else 0
 * @param itemFailures SKIP_ITEM: failures of one item after which it is left out, at least 1; else
 *     0
 */
public record RecoveryStep(RecoveryAction action, int times, int rollbackBy, int itemFailures) {
  /** Goes on from the newest checkpoint, {@code times} faults long. */
  public static RecoveryStep resume(int times) {
    return new RecoveryStep(RecoveryAction.RESUME, times, 0, 0);
  }

  /** Goes through all kept records again. */
  public static RecoveryStep replayLog(int times) {
    return new RecoveryStep(RecoveryAction.REPLAY_LOG, times, 0, 0);
  }

  /** Goes back {@code checkpoints} checkpoints behind the newest. */
  public static RecoveryStep rollback(int checkpoints, int times) {
    return new RecoveryStep(RecoveryAction.ROLLBACK, times, checkpoints, 0);
  }

  /** Begins again. */
  public static RecoveryStep restart(int times) {
    return new RecoveryStep(RecoveryAction.RESTART, times, 0, 0);
  }

  /** Leaves out an item that failed {@code failures} times; at most {@code items} of them. */
  public static RecoveryStep skipItem(int failures, int items) {
    return new RecoveryStep(RecoveryAction.SKIP_ITEM, items, 0, failures);
  }

  /** Goes on on another node. */
  public static RecoveryStep moveNode(int times) {
    return new RecoveryStep(RecoveryAction.MOVE_NODE, times, 0, 0);
  }

  /** Gives up. */
  public static RecoveryStep fail() {
    return new RecoveryStep(RecoveryAction.FAIL, 0, 0, 0);
  }
}
