package io.cairn.client.internal;

import io.cairn.client.Admin.GroupStatus;
import io.cairn.client.Admin.Member;
import io.cairn.client.Admin.NodeStatus;
import io.cairn.protocol.v1.MemberChangeResponse;
import io.cairn.protocol.v1.StatusResponse;
import java.util.List;

/** Operators' answers from their messages. */
final class AdminWire {
  private AdminWire() {}

  static Member member(io.cairn.protocol.v1.Member row) {
    return new Member(
        row.getName(), row.getRaftAddress(), row.getClientAddress(), row.getHttpAddress());
  }

  static io.cairn.protocol.v1.Member member(Member member) {
    return io.cairn.protocol.v1.Member.newBuilder()
        .setName(member.name())
        .setRaftAddress(member.raftAddress())
        .setClientAddress(member.clientAddress())
        .setHttpAddress(member.httpAddress())
        .build();
  }

  static List<Member> members(MemberChangeResponse response) {
    return response.getMembersList().stream().map(AdminWire::member).toList();
  }

  static NodeStatus status(StatusResponse response) {
    return new NodeStatus(
        response.getCluster(),
        response.getNode(),
        response.getVersion(),
        response.getUptimeMillis(),
        response.getInsecure(),
        response.getGroupsList().stream().map(AdminWire::group).toList());
  }

  private static GroupStatus group(io.cairn.protocol.v1.GroupStatus row) {
    return new GroupStatus(
        row.getGroup(),
        row.getRole(),
        row.getTerm(),
        row.getLeader().getNode(),
        row.getAppliedIndex(),
        row.getCommittedIndex(),
        row.getFirstLogIndex(),
        row.getLastLogIndex(),
        row.getSnapshotIndex(),
        row.getRevision(),
        row.getCompactedRevision(),
        row.getRemovedRevision(),
        row.getLogTimeMillis(),
        KvWire.bytes(row.getStateDigest()),
        row.getKeys(),
        row.getTasks(),
        row.getSessions(),
        row.getLeases(),
        row.getDatabaseBytes(),
        List.copyOf(row.getVotersList()),
        row.getMembersList().stream().map(AdminWire::member).toList());
  }
}
