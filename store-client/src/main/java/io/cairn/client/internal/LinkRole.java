package io.cairn.client.internal;

import io.cairn.protocol.v1.Lane;

/** What a link is for. */
enum LinkRole {
  /** Commands, linearizable reads, watches: at the leader. */
  WORK(Lane.WORK, true),
  /** Renewals: at the leader, in a lane of their own. */
  HEARTBEAT(Lane.HEARTBEAT, true),
  /** Reads that any member may answer. */
  ANY_MEMBER(Lane.WORK, false);

  private final Lane lane;
  private final boolean needsLeader;

  LinkRole(Lane lane, boolean needsLeader) {
    this.lane = lane;
    this.needsLeader = needsLeader;
  }

  Lane lane() {
    return lane;
  }

  boolean needsLeader() {
    return needsLeader;
  }
}
