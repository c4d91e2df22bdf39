package io.cairn.bench.peers;

import java.nio.file.Path;
import java.util.Optional;

/** Starts stores. */
public final class Stores {
  private static final int SERVERS = 3;

  private Stores() {}

  /** Why a store cannot be started here; empty if it can. */
  public static Optional<String> missing(StoreKind kind) {
    return switch (kind) {
      case CAIRN, ZOOKEEPER -> Optional.empty();
      case ETCD ->
          EtcdStore.program().isPresent()
              ? Optional.empty()
              : Optional.of("no etcd in /usr/bin (Debian: etcd-server)");
      case POSTGRES ->
          PostgresStore.programs().isPresent()
              ? Optional.empty()
              : Optional.of("no postgres in /usr/lib/postgresql/*/bin (Debian: postgresql-15)");
    };
  }

  /**
   * Starts a store; it serves on return.
   *
   * @param launcher starts Cairn
   * @param folder empty, and the store's from now on
   */
  public static StoreCluster start(StoreKind kind, Path launcher, Path folder) {
    return switch (kind) {
      case CAIRN -> CairnStore.start(launcher, folder, SERVERS);
      case ETCD -> EtcdStore.start(folder, SERVERS);
      case ZOOKEEPER -> ZooKeeperStore.start(folder, SERVERS);
      case POSTGRES -> PostgresStore.start(folder);
    };
  }
}
