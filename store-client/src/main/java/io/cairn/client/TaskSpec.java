package io.cairn.client;

import java.util.Map;

/**
 * What is fixed when a task is created.
 *
 * @param checkpointsKept how many checkpoints are kept, 0 for the store's default
 * @param keepLog true: records are not dropped when a checkpoint covers them
 */
public record TaskSpec(int checkpointsKept, boolean keepLog, Map<String, String> labels) {
  /** Keeps its own copy. */
  public TaskSpec {
    labels = Map.copyOf(labels);
  }

  /** The store's defaults. */
  public static TaskSpec defaults() {
    return new TaskSpec(0, false, Map.of());
  }
}
