package io.cairn.server.raft;

import java.util.List;

/** Who votes in a group, as its node knows it now. Any thread. */
interface Voters {
  /** The voters; a follower may be behind. */
  List<RaftPeer> peers();
}
