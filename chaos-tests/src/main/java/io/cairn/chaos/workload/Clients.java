package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;

/** Opens clients. Any thread. */
public interface Clients {
  /** A client of {@code node} for a process. It need not be connected yet. */
  Client open(TestNode node, long process);
}
