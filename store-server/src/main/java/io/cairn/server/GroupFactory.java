package io.cairn.server;

import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.ServerMetrics;

/** Opens this node's part of a group: the seam between endpoints and consensus. */
@FunctionalInterface
public interface GroupFactory {
  /**
   * Locks the data folder, opens and checks storage; nothing is on the network yet. Leaves nothing
   * open when it throws.
   *
   * @throws StartRefusedException when a person has to mend something
   */
  HostedGroup open(ServerConfig config, EventLog log, ServerMetrics metrics);
}
