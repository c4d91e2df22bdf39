package io.cairn.core.job;

import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * The running tasks for which a place is to be kept on another node, and is not yet: by handler and
 * by the node that they run on.
 */
final class BareTasks {
  private final NavigableMap<String, NavigableMap<String, NavigableSet<TaskKey>>> tasks =
      new TreeMap<>();

  void add(String handler, String node, TaskKey task) {
    tasks
        .computeIfAbsent(handler, unused -> new TreeMap<>())
        .computeIfAbsent(node, unused -> new TreeSet<>())
        .add(task);
  }

  void remove(String handler, String node, TaskKey task) {
    NavigableMap<String, NavigableSet<TaskKey>> byNode = tasks.get(handler);
    NavigableSet<TaskKey> there = byNode == null ? null : byNode.get(node);
    if (byNode == null || there == null) {
      return;
    }
    there.remove(task);
    if (there.isEmpty()) {
      byNode.remove(node);
    }
    if (byNode.isEmpty()) {
      tasks.remove(handler);
    }
  }

  /** The first one for which there is room, asked by handler and node. */
  Optional<TaskKey> first(BiPredicate<String, String> room) {
    for (var byNode : tasks.entrySet()) {
      for (var some : byNode.getValue().entrySet()) {
        if (room.test(byNode.getKey(), some.getKey())) {
          return Optional.of(some.getValue().first());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "bare " + tasks;
  }
}
