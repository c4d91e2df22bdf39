package io.cairn.client;

/** Where a task is in its life. */
public enum TaskState {
  /** Nobody owns it; it may be acquired. */
  PENDING,
  /** Given to a worker that has not acknowledged it. */
  CLAIMED,
  /** Somebody owns it. */
  RUNNING,
  /** Its owner has not been heard of. */
  SUSPECT,
  /** It has a result. */
  SUCCEEDED,
  /** It has a fault, and will not be tried again. */
  FAILED,
  /** It was cancelled. */
  CANCELLED,
  /** A state of a newer server. */
  UNKNOWN;

  /** True if it is not run any more: it has succeeded, failed, or was cancelled. */
  public boolean hasEnded() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }
}
