package io.cairn.core.task;

/** What can change a task's state. */
public enum TaskCause {
  /** A lease asked to own it. */
  ACQUIRE,
  /** The job plane gave it to a worker. */
  DISPATCH,
  /** Its worker has it, and begins. */
  START,
  /** Its worker did not say in time that it has it. */
  TAKE_BACK,
  /** Its progress stands still. */
  SUSPECT,
  /** Its progress goes on. */
  RELIEVE,
  /** Its job, which had failed, runs again; or results are to be compared again. */
  RERUN,
  /** Its result agrees with no others, so that the partition has none. */
  REJECT,
  /** Its owner gave it back. */
  RELEASE,
  /** The lease of its owner ended. */
  LOSE,
  /** A fault ended the attempt, and another one makes sense. */
  RETRY,
  /** A fault ended it for good. */
  FAIL,
  /** Its owner finished it. */
  COMPLETE,
  /** Somebody, owner or not, called it off. */
  CANCEL
}
