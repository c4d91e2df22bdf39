package io.cairn.server.cli;

import io.cairn.client.Admin;
import io.cairn.client.Admin.GroupStatus;
import io.cairn.client.Admin.Member;
import io.cairn.client.Admin.NodeReport;
import io.cairn.client.Admin.NodeStatus;
import io.cairn.client.Admin.NodeUnreachable;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.protocol.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands of operators that stand alone. */
final class OperateCommands {
  private OperateCommands() {}

  /** Leadership. */
  @Command(
      name = "leader",
      description = "Moves leadership.",
      subcommands = Transfer.class,
      footer = "  cairn leader transfer node2")
  static final class Leader {
    private Leader() {}
  }

  /** Hands leadership over. */
  @Command(
      name = "transfer",
      description = "Hands leadership to NODE, or to the best other member, and says to whom.",
      footer = {"  cairn leader transfer", "  cairn leader transfer node2"})
  static final class Transfer extends Call {
    @Parameters(arity = "0..1", paramLabel = "NODE", description = "Name of the member.")
    private String to = "";

    @Override
    Exit run() {
      String leader;
      try (Cairn cairn = connect()) {
        leader = cairn.admin().transferLeader(to);
      }
      output().result(Fields.of().put("leader", leader), "leader " + leader);
      return Exit.DONE;
    }
  }

  /** Takes snapshots. */
  @Command(
      name = "snapshot",
      description = {
        "Takes a snapshot on each member, or on the one named, and says its log index. Servers do so"
            + " by themselves; this one is for before an upgrade or a copy of the folder."
      },
      footer = {"  cairn snapshot", "  cairn snapshot --node node2"})
  static final class Snapshot extends Call {
    @Option(
        names = "--node",
        paramLabel = "NODE",
        description = "Name or client address of one member.")
    private String node = "";

    @Override
    Exit run() {
      List<Fields> rows = new ArrayList<>();
      List<String> lines = new ArrayList<>();
      List<String> without = new ArrayList<>();
      Exit worst = Exit.DONE;
      try (Cairn cairn = connect()) {
        for (Member member : chosen(cairn.admin().members())) {
          try {
            long index = cairn.admin().snapshot(member.clientAddress());
            rows.add(Fields.of().put("node", member.name()).put("snapshotIndex", index));
            lines.add(member.name() + " snapshot at index " + index);
          } catch (CairnException e) {
            Failures.Told told = Failures.tell(e);
            without.add(member.name() + ": " + told.line());
            worst = told.exit();
          }
        }
      }
      output().result(Fields.of().objects("snapshots", rows), lines);
      if (!without.isEmpty()) {
        throw new CommandFailure(worst, "no snapshot on " + String.join("; on ", without));
      }
      return Exit.DONE;
    }

    private List<Member> chosen(List<Member> members) {
      List<Member> chosen =
          members.stream()
              .filter(
                  member ->
                      node.isEmpty()
                          || member.name().equals(node)
                          || member.clientAddress().equals(node))
              .toList();
      if (chosen.isEmpty()) {
        throw new CommandFailure(
            Exit.NOT_FOUND,
            "no member '%s', there are %s"
                .formatted(node, String.join(", ", members.stream().map(Member::name).toList())));
      }
      return chosen;
    }
  }

  /** Gives up history. */
  @Command(
      name = "compact",
      description = {
        "Gives up the history of keys below a revision: reads and watches there are refused from then"
            + " on, and the room is freed in steps."
      },
      footer = {"  cairn compact 120000", "  cairn compact 120000 --wait 5m"})
  static final class Compact extends Call {
    private static final long LOOK_MILLIS = 200;
    private static final long TELL_MILLIS = 5_000;

    @Parameters(paramLabel = "REV", description = "The lowest revision that is kept.")
    private long revision;

    @Option(
        names = "--wait",
        paramLabel = "TIME",
        description =
            "How long to wait until the history is removed on all members that answer; exit code 5 if"
                + " it is not by then. May be said again later. Default: not at all.")
    private Duration wait = Duration.ZERO;

    @Override
    Exit run() throws InterruptedException {
      if (revision < 1) {
        throw new CommandFailure(
            Exit.USAGE, "REV is %d, at least 1; nothing was done".formatted(revision));
      }
      long compacted = revision;
      try (Cairn cairn = connect()) {
        compact(cairn);
        if (!wait.isZero()) {
          compacted = awaitRemoval(cairn.admin());
        }
      }
      output()
          .result(Fields.of().put("compactedRevision", compacted), "compacted below " + compacted);
      return Exit.DONE;
    }

    private void compact(Cairn cairn) {
      try {
        cairn.kv().compact(revision);
      } catch (CairnException e) {
        if (wait.isZero() || e.code() != ErrorCode.COMPACTED) {
          throw e;
        }
        output().remark("it was compacted before");
      }
    }

    /** Returns the lowest revision that is kept: more may have been compacted before. */
    private long awaitRemoval(Admin admin) throws InterruptedException {
      long begunNanos = System.nanoTime();
      long told = 0;
      while (true) {
        Map<String, NodeReport> status = admin.status();
        OptionalLong removed = Admin.removedRevision(status);
        if (removed.isPresent() && removed.getAsLong() >= revision) {
          sayWhoIsSilent(status);
          return compactedRevision(status);
        }
        Duration waited = Duration.ofNanos(System.nanoTime() - begunNanos);
        if (waited.compareTo(wait) >= 0) {
          throw new CommandFailure(Exit.UNAVAILABLE, unfinished(removed));
        }
        if (removed.isPresent() && waited.toMillis() / TELL_MILLIS > told) {
          told = waited.toMillis() / TELL_MILLIS;
          output().remark("removed up to %d of %d".formatted(removed.getAsLong(), revision));
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }

    private long compactedRevision(Map<String, NodeReport> status) {
      return status.values().stream()
          .filter(NodeStatus.class::isInstance)
          .flatMap(report -> ((NodeStatus) report).groups().stream())
          .mapToLong(GroupStatus::compactedRevision)
          .reduce(revision, Math::max);
    }

    private void sayWhoIsSilent(Map<String, NodeReport> status) {
      for (Member member : Admin.members(status).orElse(List.of())) {
        if (status.get(member.clientAddress()) instanceof NodeUnreachable) {
          output()
              .remark(
                  "%s at %s did not answer: it removes the history when it is back"
                      .formatted(member.name(), member.clientAddress()));
        }
      }
    }

    private String unfinished(OptionalLong removed) {
      String where =
          removed.isPresent()
              ? "history is removed up to %d".formatted(removed.getAsLong())
              : "no member answers";
      return "compacted below %d, but after %s %s; removal goes on by itself"
          .formatted(revision, Shown.duration(wait), where);
    }
  }
}
