package io.cairn.server.raft;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.View;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.LeaderHint;
import java.util.Optional;

/**
 * What an operator is told of a group on this node.
 *
 * @param formation fingerprint of the member list with which the cluster was formed; empty before
 *     it is known
 * @param stopping whether consensus does not run because the server stops
 */
record StatusReport(
    RaftStoreGroup.Settings settings,
    String formation,
    MemberDirectory directory,
    LeaderHint leader,
    boolean stopping) {
  /** The report; without consensus' part when it does not run. */
  GroupStatus of(Optional<RaftStatus> raft, RocksStorage storage) {
    GroupStatus.Builder report =
        GroupStatus.newBuilder()
            .setGroup(settings.group())
            .setFormation(formation)
            .setLeader(leader)
            .setDatabaseBytes(storage.bytesOnDisk())
            .addAllMembers(directory.all());
    try (View view = storage.view()) {
      report
          .setRole(stopping ? "STOPPING" : view.appliedIndex() == 0 ? "WAITING" : "STARTING")
          .setAppliedIndex(view.appliedIndex())
          .setStateDigest(ByteString.copyFrom(view.digest()))
          .setRevision(view.counter(Counter.REVISION))
          .setCompactedRevision(view.counter(Counter.COMPACTED))
          .setRemovedRevision(view.counter(Counter.COMPACTION_DONE))
          .setLogTimeMillis(view.counter(Counter.LOG_TIME))
          .setKeys(view.counter(Counter.KEYS))
          .setTasks(view.counter(Counter.TASKS))
          .setSessions(view.counter(Counter.SESSIONS))
          .setLeases(view.counter(Counter.LEASES));
    }
    raft.ifPresent(status -> addRaft(report, status));
    return report.build();
  }

  private static void addRaft(GroupStatus.Builder report, RaftStatus status) {
    report
        .setRole(role(status))
        .setTerm(status.term())
        .setCommittedIndex(status.log().committedIndex())
        .setLastLogIndex(status.log().lastIndex())
        .setFirstLogIndex(status.log().firstIndex())
        .setSnapshotIndex(status.log().snapshotIndex());
    status.peers().forEach(peer -> report.addVoters(peer.toString()));
  }

  private static String role(RaftStatus status) {
    if (status.waiting()) {
      return "WAITING";
    }
    return switch (status.state()) {
      case "STATE_LEADER", "STATE_TRANSFERRING" -> "LEADER";
      case "STATE_FOLLOWER" -> "FOLLOWER";
      case "STATE_CANDIDATE" -> "CANDIDATE";
      case "STATE_ERROR" -> "ERROR";
      default -> status.state().replace("STATE_", "");
    };
  }
}
