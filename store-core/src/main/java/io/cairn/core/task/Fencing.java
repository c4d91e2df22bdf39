package io.cairn.core.task;

import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.TaskOrBuilder;

/**
 * The one place that decides whether an epoch may still act for its task (I4). Every call of an
 * owner comes by here, where it is applied.
 */
final class Fencing {
  private Fencing() {}

  /** True if the epoch is the task's newest, and its owner has not ended or lost it. */
  static boolean live(TaskOrBuilder task, long epoch) {
    return epoch > 0 && epoch == task.getEpoch() && TaskTransitions.live(task.getState());
  }

  /**
   * Refuses FENCED if the epoch was the task's but is no longer live, EPOCH_UNKNOWN if this task
   * never had it.
   */
  static void check(TaskOrBuilder task, long epoch) {
    if (live(task, epoch)) {
      return;
    }
    String name = TaskNames.text(task.getName());
    // I4: epochs are drawn from a counter that only grows, so what is above the newest of this
    // task was given to another one, or to nobody.
    if (epoch < 1 || epoch > task.getEpoch()) {
      throw new Refusal(
          ErrorCode.EPOCH_UNKNOWN,
          "epoch "
              + epoch
              + " was never given to task "
              + name
              + "; its newest is "
              + task.getEpoch(),
          task.getEpoch(),
          epoch);
    }
    boolean owned = TaskTransitions.live(task.getState());
    throw new Refusal(
        ErrorCode.FENCED,
        "epoch "
            + epoch
            + " of task "
            + name
            + " is over: "
            + (owned
                ? "\"" + task.getOwner() + "\" owns it under epoch " + task.getEpoch()
                : "it is " + task.getState() + " and nobody owns it"),
        owned ? task.getEpoch() : 0,
        epoch);
  }
}
