package io.cairn.client;

import java.util.Set;

/**
 * Which tasks to list, in name order.
 *
 * @param after list behind this name, empty for the first page
 * @param states the states to list, empty for all
 */
public record TaskQuery(
    String namespace, String namePrefix, String after, int limit, Set<TaskState> states) {
  /** Keeps its own copy. */
  public TaskQuery {
    states = Set.copyOf(states);
  }

  /** All tasks of a namespace, in pages of the store's choice. */
  public static TaskQuery of(String namespace) {
    return new TaskQuery(namespace, "", "", 0, Set.of());
  }

  /** The same, with names that start with {@code prefix}. */
  public TaskQuery withPrefix(String prefix) {
    return new TaskQuery(namespace, prefix, after, limit, states);
  }

  /** The same, behind {@code name}. */
  public TaskQuery after(String name) {
    return new TaskQuery(namespace, namePrefix, name, limit, states);
  }

  /** The same, at most {@code rowsMax} a page. */
  public TaskQuery limit(int rowsMax) {
    return new TaskQuery(namespace, namePrefix, after, rowsMax, states);
  }

  /** The same, in these states. */
  public TaskQuery inStates(Set<TaskState> wanted) {
    return new TaskQuery(namespace, namePrefix, after, limit, wanted);
  }
}
