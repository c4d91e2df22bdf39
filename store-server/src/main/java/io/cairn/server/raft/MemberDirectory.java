package io.cairn.server.raft;

import io.cairn.core.engine.MemberTable;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.v1.Member;
import java.util.List;
import java.util.Optional;

/**
 * Names and addresses of the nodes: the replicated rows, and before there are any, the
 * configuration. Any thread.
 */
final class MemberDirectory {
  private volatile List<Member> members;

  MemberDirectory(List<Member> configured) {
    this.members = List.copyOf(configured);
  }

  /** Takes the rows, if there are any. */
  void refresh(ReadView view) {
    List<Member> rows = MemberTable.list(view);
    if (!rows.isEmpty()) {
      members = List.copyOf(rows);
    }
  }

  List<Member> all() {
    return members;
  }

  Optional<Member> byPeer(RaftPeer peer) {
    return members.stream()
        .filter(member -> RaftPeer.parse(member.getRaftAddress()).equals(peer))
        .findFirst();
  }

  Optional<Member> byName(String name) {
    return members.stream().filter(member -> member.getName().equals(name)).findFirst();
  }
}
