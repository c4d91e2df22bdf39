package io.cairn.bench.load;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.client.Admin;
import io.cairn.client.Cairn;

/** Who leads. */
public final class Leader {
  private Leader() {}

  /** The server that leads now, as the servers say. */
  public static ServerNode of(NodeCluster cluster, Cairn client) {
    String name =
        client.admin().status().values().stream()
            .filter(Admin.NodeStatus.class::isInstance)
            .map(Admin.NodeStatus.class::cast)
            .flatMap(status -> status.groups().stream())
            .map(Admin.GroupStatus::leader)
            .filter(leader -> !leader.isEmpty())
            .findFirst()
            .orElseThrow(() -> new BenchFailure("no server knows a leader"));
    return cluster.node(name);
  }
}
