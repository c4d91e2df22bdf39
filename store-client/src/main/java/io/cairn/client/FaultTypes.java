package io.cairn.client;

/**
 * Types of faults that the client and the store know. A fault may have any other type, too: a
 * recovery policy compares names.
 */
public final class FaultTypes {
  /** A handler has thrown something that is none of the others. */
  public static final String TASK_ERROR = "TASK_ERROR";

  /** A file system has no room; the place has its path. */
  public static final String DISK_FULL = "DISK_FULL";

  /** The process has no memory left. */
  public static final String OUT_OF_MEMORY = "OUT_OF_MEMORY";

  /** Stored bytes are not what was written; the place has the sections, if they are known. */
  public static final String CORRUPTION = "CORRUPTION";

  /** Another machine cannot be reached. */
  public static final String NETWORK = "NETWORK";

  /** The handler was interrupted. */
  public static final String CANCELLED = "CANCELLED";

  /** An item failed; the place has it. */
  public static final String POISON_ITEM = "POISON_ITEM";

  /** An attempt took too long, or was suspect for too long. Found by the store. */
  public static final String TIMEOUT = "TIMEOUT";

  /** The worker is gone, or was not heard of in time. Found by the store. */
  public static final String PROCESS_LOST = "PROCESS_LOST";

  private FaultTypes() {}
}
