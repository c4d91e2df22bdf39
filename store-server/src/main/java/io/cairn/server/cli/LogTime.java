package io.cairn.server.cli;

import io.cairn.client.Admin.NodeReport;
import io.cairn.client.Admin.NodeStatus;
import io.cairn.client.Cairn;
import java.util.Collection;
import java.util.OptionalLong;

/** The time by which jobs and workers are told, which no clock of this machine shows. */
final class LogTime {
  private LogTime() {}

  /** As late as any member says; empty if none answers. */
  static OptionalLong now(Cairn cairn) {
    return of(cairn.admin().status().values());
  }

  /** The latest in these reports. */
  static OptionalLong of(Collection<NodeReport> reports) {
    return reports.stream()
        .filter(NodeStatus.class::isInstance)
        .map(NodeStatus.class::cast)
        .flatMap(node -> node.groups().stream())
        .mapToLong(group -> group.logTimeMillis())
        .max();
  }
}
