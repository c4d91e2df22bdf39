package io.cairn.bench.peers;

import io.cairn.bench.nodes.Daemon;
import io.cairn.bench.nodes.ProcessUse;
import io.cairn.bench.nodes.WorkFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A store that runs for the bench and goes away with it. For one thread. */
public interface StoreCluster extends AutoCloseable {
  /** Which store it is. */
  StoreKind kind();

  /** Its version, as it says it. */
  String version();

  /** How it runs, in a few words. */
  String setup();

  /** Its servers. */
  List<Daemon> servers();

  /** What it keeps on the disk. */
  Path folder();

  /** A client, which has answered once on return. */
  StoreClient connect();

  /** The server that leads, if one does. */
  Optional<Daemon> leader();

  /** Starts a server again that has ended. Others serve meanwhile. */
  void restart(Daemon server);

  /** Waits until each server serves. */
  void awaitReady();

  /** What its servers have used so far. */
  default ProcessUse use() {
    return servers().stream().map(Daemon::use).reduce(new ProcessUse(0, 0, 0), ProcessUse::plus);
  }

  /** Bytes on the disk, of all servers. */
  default long folderBytes() {
    return WorkFolder.bytes(folder());
  }

  /** Takes the processors from it, for the turn of another. Clients must have been closed. */
  default void freeze() {
    servers().forEach(Daemon::freeze);
  }

  /** Lets it go on. */
  default void thaw() {
    servers().forEach(Daemon::thaw);
  }

  /** Ends the servers and removes what they kept. */
  @Override
  void close();
}
