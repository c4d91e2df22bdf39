package io.cairn.client.job;

/** Where a task goes on after a fault. */
public enum RecoveryAction {
  /** From the newest checkpoint and the records behind it. */
  RESUME,
  /** From the oldest kept checkpoint behind which all records are kept, and those records. */
  REPLAY_LOG,
  /** From an older checkpoint; records behind it are left out. */
  ROLLBACK,
  /** From nothing: neither checkpoint nor records. */
  RESTART,
  /** RESUME; an item that failed often enough is left out from then on. */
  SKIP_ITEM,
  /** RESUME, on another node. */
  MOVE_NODE,
  /** Not at all: it has failed for good. */
  FAIL,
  /** An action of a newer server. */
  UNKNOWN
}
