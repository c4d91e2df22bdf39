package io.cairn.server.cli;

import io.cairn.client.Admin;
import io.cairn.client.Admin.GroupStatus;
import io.cairn.client.Admin.Member;
import io.cairn.client.Admin.NodeReport;
import io.cairn.client.Admin.NodeStatus;
import io.cairn.client.Admin.NodeUnreachable;
import io.cairn.client.Cairn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Says how the cluster is. */
@Command(
    name = "status",
    description = {
      "Asks each node how it is: role, term, applied log index and how far that lies behind, revision"
          + " of the keyspace, size of the database, state digest, members.",
      "Exit code 5 if no node knows a leader. Two nodes with the same APPLIED have the same DIGEST."
    },
    footer = {"  cairn status", "  cairn status --dir /tmp/c -o json"})
final class StatusCommand extends Call {
  @Override
  Exit run() {
    Map<String, NodeReport> reports;
    try (Cairn cairn = connect()) {
      reports = new LinkedHashMap<>(cairn.admin().status());
    }
    boolean isLed =
        reports.values().stream()
            .anyMatch(
                report -> group(report).map(group -> !group.leader().isEmpty()).orElse(false));
    output().result(fields(reports, isLed), lines(reports));
    if (!isLed) {
      throw new CommandFailure(
          Exit.UNAVAILABLE, "no leader is known: is a majority of the members running?");
    }
    return Exit.DONE;
  }

  private static Optional<GroupStatus> group(NodeReport report) {
    return report instanceof NodeStatus node
        ? node.groups().stream().findFirst()
        : Optional.empty();
  }

  private static long furthest(Map<String, NodeReport> reports) {
    return reports.values().stream()
        .map(StatusCommand::group)
        .flatMap(Optional::stream)
        .mapToLong(group -> Math.max(group.committedIndex(), group.appliedIndex()))
        .max()
        .orElse(0);
  }

  private static List<String> lines(Map<String, NodeReport> reports) {
    Table table =
        new Table(
            "NODE",
            "CLIENT",
            "ROLE",
            "TERM",
            "APPLIED",
            "LAG",
            "REVISION",
            "KEYS",
            "TASKS",
            "DB",
            "DIGEST",
            "UP");
    long furthest = furthest(reports);
    List<String> remarks = new ArrayList<>();
    reports.forEach(
        (address, report) -> {
          if (report instanceof NodeUnreachable silent) {
            table.row("?", address, "UNREACHABLE: " + Failures.withoutCode(silent.message()));
          } else if (report instanceof NodeStatus node) {
            row(table, address, node, isGone(node, Admin.members(reports)), furthest);
            if (node.insecure()) {
              remarks.add(node.node() + " SERVES BEYOND LOOPBACK WITHOUT TLS AND AUTHENTICATION");
            }
          }
        });
    List<String> lines = new ArrayList<>();
    reports.values().stream()
        .filter(NodeStatus.class::isInstance)
        .findFirst()
        .map(NodeStatus.class::cast)
        .ifPresent(node -> lines.add("Cluster " + node.cluster() + ", version " + node.version()));
    lines.addAll(table.lines());
    Admin.members(reports)
        .ifPresent(
            members ->
                lines.add(
                    "Members: "
                        + String.join(", ", members.stream().map(StatusCommand::member).toList())));
    lines.addAll(remarks);
    return lines;
  }

  /** True for a server that runs on, though it was removed or replaced: it hears nothing new. */
  private static boolean isGone(NodeStatus node, Optional<List<Member>> members) {
    return members
        .filter(known -> !known.isEmpty())
        .filter(known -> known.stream().noneMatch(one -> one.name().equals(node.node())))
        .isPresent();
  }

  private static void row(
      Table table, String address, NodeStatus node, boolean isGone, long furthest) {
    if (node.groups().isEmpty()) {
      table.row(node.node(), address, "serves no group");
      return;
    }
    GroupStatus group = node.groups().get(0);
    table.row(
        node.node(),
        address,
        isGone ? "NO MEMBER" : group.role(),
        group.term(),
        group.appliedIndex(),
        furthest - group.appliedIndex(),
        group.revision(),
        group.keys(),
        group.tasks(),
        Shown.bytes(group.databaseBytes()),
        Shown.digest(group.stateDigest()),
        Shown.duration(Duration.ofMillis(node.uptimeMillis())));
  }

  private static String member(Member member) {
    return member.name() + "=" + member.raftAddress();
  }

  private static Fields fields(Map<String, NodeReport> reports, boolean isLed) {
    long furthest = furthest(reports);
    List<Fields> nodes = new ArrayList<>();
    reports.forEach((address, report) -> nodes.add(fields(address, report, furthest)));
    return Fields.of().put("hasLeader", isLed).objects("nodes", nodes);
  }

  private static Fields fields(String address, NodeReport report, long furthest) {
    Fields fields = Fields.of().put("clientAddress", address);
    if (report instanceof NodeUnreachable silent) {
      return fields.put("reachable", false).put("message", Failures.withoutCode(silent.message()));
    }
    NodeStatus node = (NodeStatus) report;
    return fields
        .put("reachable", true)
        .put("cluster", node.cluster())
        .put("node", node.node())
        .put("version", node.version())
        .put("uptimeMillis", node.uptimeMillis())
        .put("insecure", node.insecure())
        .objects("groups", node.groups().stream().map(group -> fields(group, furthest)).toList());
  }

  private static Fields fields(GroupStatus group, long furthest) {
    return Fields.of()
        .put("group", group.group())
        .put("role", group.role())
        .put("term", group.term())
        .put("leader", group.leader())
        .put("appliedIndex", group.appliedIndex())
        .put("lag", furthest - group.appliedIndex())
        .put("committedIndex", group.committedIndex())
        .put("firstLogIndex", group.firstLogIndex())
        .put("lastLogIndex", group.lastLogIndex())
        .put("snapshotIndex", group.snapshotIndex())
        .put("revision", group.revision())
        .put("compactedRevision", group.compactedRevision())
        .put("removedRevision", group.removedRevision())
        .put("logTimeMillis", group.logTimeMillis())
        .put("stateDigest", group.stateDigest().toHex())
        .put("keys", group.keys())
        .put("tasks", group.tasks())
        .put("sessions", group.sessions())
        .put("leases", group.leases())
        .put("databaseBytes", group.databaseBytes())
        .texts("voters", group.voters())
        .objects("members", group.members().stream().map(MemberCommand::fields).toList());
  }
}
