package io.cairn.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Admin.GroupStatus;
import io.cairn.client.Admin.Member;
import io.cairn.client.Admin.NodeReport;
import io.cairn.client.Admin.NodeStatus;
import io.cairn.client.Admin.NodeUnreachable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is read from the reports of all nodes. */
class AdminTest {
  private static final List<Member> MEMBERS = List.of(member("node1"), member("node2"));

  private final Map<String, NodeReport> status = new HashMap<>();

  private static Member member(String name) {
    return new Member(name, name + ":1", name + ":2", name + ":3");
  }

  private void says(String node, String role, long applied, long removed) {
    GroupStatus group =
        new GroupStatus(
            1,
            role,
            1,
            "node1",
            applied,
            applied,
            1,
            applied,
            0,
            applied,
            removed,
            removed,
            0,
            Bytes.empty(),
            0,
            0,
            0,
            0,
            0,
            List.of(),
            MEMBERS);
    status.put(node + ":2", new NodeStatus("c", node, "v", 1, false, List.of(group)));
  }

  @Test
  void historyIsRemovedWhereTheSlowestMemberThatAnswersHasRemovedIt() {
    assertThat(Admin.removedRevision(status)).isEmpty();
    says("node1", "LEADER", 90, 70);
    says("node2", "FOLLOWER", 90, 60);
    status.put("node3:2", new NodeUnreachable("gone"));
    assertThat(Admin.removedRevision(status)).isEqualTo(OptionalLong.of(60));
  }

  @Test
  void oneThatStartsOrStopsHasHistoryAndOneWithAnEmptyFolderHasNone() {
    says("node1", "LEADER", 90, 70);
    says("node2", GroupStatus.WAITING, 0, 0);
    assertThat(Admin.removedRevision(status)).isEqualTo(OptionalLong.of(70));
    for (String role : List.of("STARTING", "STOPPING", GroupStatus.WAITING)) {
      says("node2", role, 40, 30);
      assertThat(Admin.removedRevision(status)).as(role).isEqualTo(OptionalLong.of(30));
    }
  }

  @Test
  void oneThatWasRemovedFromTheClusterDoesNotCount() {
    says("node1", "LEADER", 90, 70);
    says("node9", "FOLLOWER", 40, 30);
    assertThat(Admin.removedRevision(status)).isEqualTo(OptionalLong.of(70));
  }
}
