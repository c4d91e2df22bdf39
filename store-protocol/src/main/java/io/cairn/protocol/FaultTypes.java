package io.cairn.protocol;

/**
 * Types of faults that the store and its clients name themselves. A task may report any other type;
 * a recovery policy names types by these texts.
 */
public final class FaultTypes {
  /** The worker's process has ended, or was silent for longer than its time to live. */
  public static final String PROCESS_LOST = "PROCESS_LOST";

  /** The machine of the worker has gone, with all workers on it. */
  public static final String NODE_LOST = "NODE_LOST";

  /** Something the task needs could not be reached. */
  public static final String NETWORK = "NETWORK";

  /** The worker's disk has no room left. */
  public static final String DISK_FULL = "DISK_FULL";

  /** The worker's memory was not enough. */
  public static final String OUT_OF_MEMORY = "OUT_OF_MEMORY";

  /** The task's own code failed. */
  public static final String TASK_ERROR = "TASK_ERROR";

  /** One item of the input cannot be worked on; the fault's place names it. */
  public static final String POISON_ITEM = "POISON_ITEM";

  /** Stored bytes are not what was written. */
  public static final String CORRUPTION = "CORRUPTION";

  /** An attempt took too long, or stood still for too long. */
  public static final String TIMEOUT = "TIMEOUT";

  /** The result differs from the one accepted of the same partition. */
  public static final String RESULT_MISMATCH = "RESULT_MISMATCH";

  /** Somebody called the task off. */
  public static final String CANCELLED = "CANCELLED";

  private FaultTypes() {}
}
