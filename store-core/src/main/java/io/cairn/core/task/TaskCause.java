package io.cairn.core.task;

/** What can change a task's state. */
enum TaskCause {
  /** A lease asked to own it. */
  ACQUIRE,
  /** Its owner gave it back. */
  RELEASE,
  /** The lease of its owner ended. */
  LOSE,
  /** Its owner reported a fault after which another attempt makes sense. */
  RETRY,
  /** Its owner reported a fault that ends it. */
  FAIL,
  /** Its owner finished it. */
  COMPLETE,
  /** Somebody, owner or not, called it off. */
  CANCEL
}
