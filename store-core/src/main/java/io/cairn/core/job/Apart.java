package io.cairn.core.job;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a task is not to go.
 *
 * @param nodes that are left alone if another one has room
 * @param workers that must not have it
 */
record Apart(Set<String> nodes, Set<String> workers) {
  /** Keeps its own copies. */
  Apart {
    nodes = Set.copyOf(nodes);
    workers = Set.copyOf(workers);
  }

  static Apart of(List<String> nodes) {
    return new Apart(Set.copyOf(nodes), Set.of());
  }

  /** The same, and these nodes. */
  Apart andNodes(Collection<String> more) {
    Set<String> all = new TreeSet<>(nodes);
    all.addAll(more);
    return new Apart(all, workers);
  }

  /** The same, and not to this worker. */
  Apart andWorker(String worker) {
    Set<String> all = new TreeSet<>(workers);
    all.add(worker);
    return new Apart(nodes, all);
  }

  /** The same for when no other node has room. */
  Apart anyNode() {
    return new Apart(Set.of(), workers);
  }

  boolean allows(Seat seat) {
    return !nodes.contains(seat.node()) && !workers.contains(seat.id());
  }
}
