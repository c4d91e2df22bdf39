package io.cairn.client.job;

import java.util.Set;

/**
 * Which jobs to list, in name order.
 *
 * @param after list behind this name, empty for the first page
 * @param limit of a page, 0: as many as the store gives
 * @param states the states to list, empty for all
 */
public record JobQuery(
    String namespace, String namePrefix, String after, int limit, Set<JobState> states) {
  /** Keeps its own copy. */
  public JobQuery {
    states = Set.copyOf(states);
  }

  /** All jobs of a namespace. */
  public static JobQuery of(String namespace) {
    return new JobQuery(namespace, "", "", 0, Set.of());
  }

  /** The same, with names that start with {@code prefix}. */
  public JobQuery withPrefix(String prefix) {
    return new JobQuery(namespace, prefix, after, limit, states);
  }

  /** The same, behind {@code name}. */
  public JobQuery after(String name) {
    return new JobQuery(namespace, namePrefix, name, limit, states);
  }

  /** The same, at most {@code rowsMax} a page. */
  public JobQuery limit(int rowsMax) {
    return new JobQuery(namespace, namePrefix, after, rowsMax, states);
  }

  /** The same, in these states. */
  public JobQuery inStates(Set<JobState> wanted) {
    return new JobQuery(namespace, namePrefix, after, limit, wanted);
  }
}
