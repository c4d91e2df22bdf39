package io.cairn.server.raft;

import java.util.List;

/** Who votes in a group, as its node knows it now. Any thread. */
interface Voters {
  /** The voters; a follower may be behind. */
  List<RaftPeer> peers();

  /**
   * The voters that answered this leader just now, itself among them; none if it does not lead.
   *
   * @param reignMillis for how long it leads: at first JRaft counts all as having answered
   */
  List<RaftPeer> answering(long reignMillis);
}
