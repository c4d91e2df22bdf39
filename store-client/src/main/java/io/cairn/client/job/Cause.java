package io.cairn.client.job;

import io.cairn.client.TaskName;
import java.util.List;

/**
 * A likely cause of faults.
 *
 * @param what the place or thing that is at fault: a node, a worker, a path, an item, a location in
 *     the handler; empty for the cluster
 * @param confidence from 0 to 1
 * @param faults how many faults speak for it
 * @param tasks the tasks they ended, each once, in the order of the faults; at most 100
 * @param explanation one sentence for people
 */
public record Cause(
    Kind kind,
    String what,
    double confidence,
    int faults,
    List<TaskName> tasks,
    String explanation) {
  /** What it is. */
  public enum Kind {
    /** A machine is gone, or cannot be reached. */
    NODE_LOST,
    /** One process is gone. */
    WORKER_LOST,
    /** A file system has no room. */
    DISK_FULL,
    /** A machine, or its workers, have too little memory. */
    OUT_OF_MEMORY,
    /** An item of the input that no attempt survives. */
    POISON_ITEM,
    /** A fault of the handler: the same wherever it runs. */
    HANDLER_BUG,
    /** Stored bytes are damaged. */
    CORRUPTION,
    /** Many nodes lost others, or lost the store, at once. */
    NETWORK_OR_CLUSTER,
    /** A machine on which faults are far more frequent than elsewhere. */
    BAD_NODE,
    /** A worker whose results differ from what others have for the same partitions. */
    WRONG_RESULTS,
    /** Attempts that took too long, or stood still. */
    STALLED,
    /** None of the others. */
    UNEXPLAINED
  }

  /** Keeps its own copy. */
  public Cause {
    tasks = List.copyOf(tasks);
  }
}
