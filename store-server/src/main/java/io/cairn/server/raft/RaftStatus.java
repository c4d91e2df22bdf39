package io.cairn.server.raft;

import java.util.List;
import java.util.Optional;

/**
 * What one server sees of its group at one moment; the numbers are read one after another.
 *
 * @param state JRaft's name of the node's state
 * @param waiting whether this server has an empty folder that was never formed, and waits to be
 *     added
 * @param refusedIdentity requests refused because the empty folder was addressed under a name that
 *     has a past (I9)
 * @param refusedConnections raft connections closed for what they sent, for silence, or for lack of
 *     room
 */
public record RaftStatus(
    String state,
    long term,
    Optional<RaftPeer> leader,
    List<RaftPeer> peers,
    LogRange log,
    boolean waiting,
    long refusedIdentity,
    int connections,
    long refusedConnections) {

  /**
   * Indexes of the log: what is kept, what is committed, what the state machine has applied, and
   * what the newest snapshot contains, 0 for none.
   */
  public record LogRange(
      long firstIndex,
      long lastIndex,
      long committedIndex,
      long appliedIndex,
      long snapshotIndex) {}
}
