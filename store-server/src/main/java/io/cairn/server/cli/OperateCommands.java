package io.cairn.server.cli;

import io.cairn.client.Admin.Member;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import java.util.ArrayList;
import java.util.List;
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
      footer = "  cairn compact 120000")
  static final class Compact extends Call {
    @Parameters(paramLabel = "REV", description = "The lowest revision that is kept.")
    private long revision;

    @Override
    Exit run() {
      if (revision < 1) {
        throw new CommandFailure(
            Exit.USAGE, "REV is %d, at least 1; nothing was done".formatted(revision));
      }
      try (Cairn cairn = connect()) {
        cairn.kv().compact(revision);
      }
      output()
          .result(Fields.of().put("compactedRevision", revision), "compacted below " + revision);
      return Exit.DONE;
    }
  }
}
