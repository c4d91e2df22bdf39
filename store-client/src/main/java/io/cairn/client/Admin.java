package io.cairn.client;

import static java.util.stream.Collectors.toSet;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Operating the cluster. Calls wait for their answer and throw {@link CairnException}. */
public interface Admin {
  /** The state of each node that can be asked, by client address; a failure for the others. */
  Map<String, NodeReport> status();

  /** The members, from the replicated rows. */
  List<Member> members();

  /**
   * The revision up to which compacted history has been removed on all members that answered; empty
   * if none did. Removal begins after {@link Kv#compact} by itself and ends at its revision. A
   * member that waits to be added has no history and does not count.
   *
   * @param status as {@link #status} said
   */
  static OptionalLong removedRevision(Map<String, NodeReport> status) {
    List<NodeStatus> nodes =
        status.values().stream()
            .filter(NodeStatus.class::isInstance)
            .map(NodeStatus.class::cast)
            .toList();
    // Who was removed runs on, and hears nothing new.
    Set<String> members =
        members(status).orElse(List.of()).stream().map(Member::name).collect(toSet());
    return nodes.stream()
        .filter(node -> members.isEmpty() || members.contains(node.node()))
        .flatMap(node -> node.groups().stream())
        .filter(group -> !group.role().equals(GroupStatus.WAITING) || group.appliedIndex() > 0)
        .mapToLong(GroupStatus::removedRevision)
        .min();
  }

  /**
   * The members as the node says that has applied most; empty if none that answered serves a group.
   *
   * @param status as {@link #status} said
   */
  static Optional<List<Member>> members(Map<String, NodeReport> status) {
    return status.values().stream()
        .filter(NodeStatus.class::isInstance)
        .flatMap(report -> ((NodeStatus) report).groups().stream().limit(1))
        .max(Comparator.comparingLong(GroupStatus::appliedIndex))
        .map(GroupStatus::members);
  }

  /**
   * Adds a voter; one change at a time. One that the leader does not reach is refused with {@code
   * WRONG_STATE} after some 4 seconds, which the request timeout should leave time for.
   */
  List<Member> addMember(Member member);

  /** Removes a voter. */
  List<Member> removeMember(String name);

  /** Removes one voter and adds another. */
  List<Member> replaceMember(String name, Member with);

  /** Hands leadership to the named node, or to the best one for an empty name; returns its name. */
  String transferLeader(String to);

  /** Takes a snapshot on the node at {@code clientAddress}; returns its log index. */
  long snapshot(String clientAddress);

  /**
   * A node of the cluster.
   *
   * @param raftAddress host:port, and :incarnation if it is not 0
   */
  record Member(String name, String raftAddress, String clientAddress, String httpAddress) {}

  /** A node's answer, or why there is none. */
  sealed interface NodeReport permits NodeStatus, NodeUnreachable {}

  /** A node that could not be asked. */
  record NodeUnreachable(String message) implements NodeReport {}

  /** What a node says of itself. */
  record NodeStatus(
      String cluster,
      String node,
      String version,
      long uptimeMillis,
      boolean insecure,
      List<GroupStatus> groups)
      implements NodeReport {}

  /**
   * What a node says of one group.
   *
   * @param compactedRevision below it nothing may be read ({@link Kv#compact})
   * @param removedRevision up to it, compacted history is gone from the database; at {@code
   *     compactedRevision} all is
   */
  record GroupStatus(
      int group,
      String role,
      long term,
      String leader,
      long appliedIndex,
      long committedIndex,
      long firstLogIndex,
      long lastLogIndex,
      long snapshotIndex,
      long revision,
      long compactedRevision,
      long removedRevision,
      long logTimeMillis,
      Bytes stateDigest,
      long keys,
      long tasks,
      long sessions,
      long leases,
      long databaseBytes,
      List<String> voters,
      List<Member> members) {
    /** The role of a node whose folder is empty and that takes part in nothing yet. */
    public static final String WAITING = "WAITING";
  }
}
