package io.cairn.bench.peers;

import io.cairn.bench.load.Leader;
import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Daemon;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.client.Admin;
import io.cairn.client.Cairn;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Cairn, three servers. */
final class CairnStore implements StoreCluster {
  private final NodeCluster cluster;
  private final String version;

  private CairnStore(NodeCluster cluster, String version) {
    this.cluster = cluster;
    this.version = version;
  }

  static CairnStore start(Path launcher, Path folder, int servers) {
    NodeCluster cluster = NodeCluster.start(launcher, servers, Optional.of(folder));
    try (Cairn client = Cairn.connect(cluster.endpoints())) {
      String version =
          client.admin().status().values().stream()
              .filter(Admin.NodeStatus.class::isInstance)
              .map(Admin.NodeStatus.class::cast)
              .map(Admin.NodeStatus::version)
              .findFirst()
              .orElse("unknown");
      return new CairnStore(cluster, version);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public StoreKind kind() {
    return StoreKind.CAIRN;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public String setup() {
    return cluster.nodes().size() + " servers, its own client";
  }

  @Override
  public List<Daemon> servers() {
    return cluster.nodes().stream().map(ServerNode::daemon).toList();
  }

  @Override
  public Path folder() {
    return cluster.folder();
  }

  @Override
  public StoreClient connect() {
    return new CairnClient(cluster.endpoints());
  }

  @Override
  public Optional<Daemon> leader() {
    try (Cairn client = Cairn.connect(cluster.endpoints())) {
      return Optional.of(Leader.of(cluster, client).daemon());
    } catch (BenchFailure none) {
      return Optional.empty();
    }
  }

  @Override
  public void restart(Daemon server) {
    cluster.start(cluster.node(server.name()));
  }

  @Override
  public void awaitReady() {
    cluster.awaitReady();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
