package io.cairn.bench.peers;

import io.cairn.bench.nodes.Daemon;
import io.cairn.bench.nodes.DaemonGroup;
import java.nio.file.Path;
import java.util.List;

/** A store of others: its servers are daemons of one group. */
abstract class PeerStore implements StoreCluster {
  private final DaemonGroup group;

  /** Waits until the servers, which have been started, serve. */
  PeerStore(DaemonGroup group) {
    this.group = group;
    group.awaitReady();
  }

  @Override
  public List<Daemon> servers() {
    return group.daemons();
  }

  @Override
  public Path folder() {
    return group.folder();
  }

  @Override
  public void restart(Daemon server) {
    group.restart(server);
  }

  @Override
  public void awaitReady() {
    group.awaitReady();
  }

  @Override
  public void close() {
    group.close();
  }
}
