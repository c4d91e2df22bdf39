package io.cairn.server.raft;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What one server needs to take part in one Raft group.
 *
 * @param clusterId clusters that do not belong together never talk: it is part of the group's name
 *     on the wire
 * @param groupId the group within the cluster
 * @param self this server's identity; the raft port is bound to its host
 * @param initialVoters the first members, used only by the explicit one-time act of forming a
 *     cluster on a new folder (I9)
 * @param forming whether the caller explicitly forms a cluster; without it a new folder waits to be
 *     added
 * @param folder folder of this group's log, vote and snapshots; nothing else lives in it
 * @param timings elections and snapshots
 */
public record RaftGroupConfig(
    String clusterId,
    String groupId,
    RaftPeer self,
    List<RaftPeer> initialVoters,
    boolean forming,
    Path folder,
    Timings timings) {
  private static final String CLUSTER_ID_FORM = "[A-Za-z][A-Za-z0-9_-]{0,63}";

  // No dash, so that cluster id and group id can be told apart in the wire name.
  private static final String GROUP_ID_FORM = "[A-Za-z][A-Za-z0-9_]{0,63}";

  public RaftGroupConfig {
    requireForm("cluster id", clusterId, CLUSTER_ID_FORM);
    requireForm("group id", groupId, GROUP_ID_FORM);
    initialVoters = List.copyOf(initialVoters);
    if (Set.copyOf(initialVoters).size() != initialVoters.size()) {
      throw new IllegalArgumentException("initial voters name a peer twice: " + initialVoters);
    }
    if (forming && !initialVoters.contains(self)) {
      throw new IllegalArgumentException(
          "forming needs this server " + self + " among the initial voters " + initialVoters);
    }
  }

  /** The same, for another cluster. */
  public RaftGroupConfig withClusterId(String newClusterId) {
    return new RaftGroupConfig(
        newClusterId, groupId, self, initialVoters, forming, folder, timings);
  }

  /** The group's name on the wire, for example {@code prod-main}. */
  public String wireGroupId() {
    return clusterId + "-" + groupId;
  }

  private static void requireForm(String what, String name, String form) {
    if (!name.matches(form)) {
      throw new IllegalArgumentException(what + " must match " + form + ", is '" + name + "'");
    }
  }

  /**
   * Times of one group.
   *
   * @param electionTimeoutMillis silence of the leader after which a follower asks for votes; see
   *     {@link JraftOptions} for what it means for failover
   * @param snapshotIntervalSeconds longest time between snapshots; log bytes trigger them earlier
   *     through {@link RaftGroup#snapshot}
   */
  public record Timings(int electionTimeoutMillis, int snapshotIntervalSeconds) {
    public static final Timings DEFAULT = new Timings(600, 1_800);

    public Timings {
      if (electionTimeoutMillis < 100 || electionTimeoutMillis > 60_000) {
        throw new IllegalArgumentException(
            "election timeout must be 100 to 60000 ms, is " + electionTimeoutMillis);
      }
      if (snapshotIntervalSeconds < 1 || snapshotIntervalSeconds > 86_400) {
        throw new IllegalArgumentException(
            "snapshot interval must be 1 to 86400 s, is " + snapshotIntervalSeconds);
      }
    }
  }
}
