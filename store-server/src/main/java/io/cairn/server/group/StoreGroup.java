package io.cairn.server.group;

import io.cairn.core.storage.View;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.SnapshotResponse;
import io.cairn.protocol.v1.StandingRequest;
import io.cairn.protocol.v1.StandingResponse;
import java.util.List;

/** One group on this node. All methods may be called from any thread and return at once. */
public interface StoreGroup {
  /** The number requests name it by. */
  int id();

  /**
   * Puts commands through the log, in their order and in few entries. Each fails with NOT_LEADER,
   * NO_LEADER, OVERLOADED or SHUTTING_DOWN before any effect, with LOST_TRACK when it may have one.
   */
  void propose(List<Proposal> commands);

  /**
   * Waits until everything that was answered before this call is applied here, then calls {@code
   * reply}: a view opened from then on is linearizable. Works on any member; concurrent calls share
   * a round.
   */
  void linearize(Reply<Void> reply);

  /**
   * Waits until {@code appliedIndexMin} is applied here, for at most {@code waitMillis}, and fails
   * with STALE_REPLICA if it is not, or when nothing was heard of a leader for more than {@code
   * stalenessMillisMax} (0: no bound).
   */
  void catchUp(long appliedIndexMin, int stalenessMillisMax, int waitMillis, Reply<Void> reply);

  /** The committed state here and now. Close it. */
  View view();

  /** Who leads, as far as this node knows. */
  LeaderHint leader();

  /** True on the leader, once its first entry of the term has been applied. */
  boolean isLeader();

  /**
   * Tells {@code listener} of leadership and of applied batches, on the applying thread: it must
   * not block.
   */
  void listen(GroupListener listener);

  /** What is known of this replica. */
  GroupStatus status();

  /**
   * Leader only: adds a voter, and its row, one change at a time. MEMBERSHIP_BUSY when one is under
   * way.
   */
  void addMember(Member member, Reply<Void> reply);

  /** Leader only: removes a voter and its row. */
  void removeMember(String name, Reply<Void> reply);

  /**
   * Leader only: hands leadership to the named node, or to the one most up to date for an empty
   * name.
   */
  void transferLeadership(String to, Reply<LeaderHint> reply);

  /**
   * Leader only: what the cluster expects of a server whose folder is empty (I9), as of now.
   * NOT_LEADER if a majority does not confirm that this node leads.
   */
  void standing(StandingRequest of, Reply<StandingResponse> reply);

  /** Takes a snapshot here and truncates the log before it. */
  void snapshot(Reply<SnapshotResponse> reply);
}
