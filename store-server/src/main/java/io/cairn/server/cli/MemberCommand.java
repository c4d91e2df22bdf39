package io.cairn.server.cli;

import io.cairn.client.Admin.Member;
import io.cairn.client.Cairn;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The members of the cluster. */
@Command(
    name = "member",
    description = "Lists and changes the members of the cluster, one at a time.",
    subcommands = {
      MemberCommand.Ls.class,
      MemberCommand.Add.class,
      MemberCommand.Remove.class,
      MemberCommand.Replace.class
    },
    footer = {
      "  cairn member ls",
      "  cairn member add node4=10.0.0.4:7421/7420/7422",
      "  cairn member replace node2 node4=10.0.0.4:7421/7420/7422"
    })
final class MemberCommand {
  private MemberCommand() {}

  /** Reads a member as the server's setting {@code members} writes it. */
  static final class MemberForm implements ITypeConverter<Member> {
    private static final Pattern FORM =
        Pattern.compile(
            "([^=]+)=(\\[[0-9a-fA-F:]+]|[^:/\\[\\]]+):(\\d{1,5})(?::(\\d{1,9}))?/(\\d{1,5})/(\\d{1,5})");

    @Override
    public Member convert(String text) {
      Matcher parts = FORM.matcher(text);
      if (!parts.matches()) {
        throw new TypeConversionException(
            "'" + text + "' is not NAME=HOST:RAFTPORT/CLIENTPORT/HTTPPORT");
      }
      String host = parts.group(2);
      String incarnation = parts.group(4) == null ? "" : ":" + parts.group(4);
      return new Member(
          parts.group(1),
          host + ":" + port(parts.group(3)) + incarnation,
          host + ":" + port(parts.group(5)),
          host + ":" + port(parts.group(6)));
    }

    private static int port(String text) {
      int port = Integer.parseInt(text);
      if (port < 1 || port > 65_535) {
        throw new TypeConversionException("port " + port + " is not within 1 to 65535");
      }
      return port;
    }
  }

  /** A command that ends with the list of members. */
  abstract static class WithMembers extends Call {
    abstract List<Member> members(Cairn cairn);

    @Override
    final Exit run() {
      List<Member> members;
      try (Cairn cairn = connect()) {
        members = members(cairn);
      }
      Table table = new Table("NAME", "RAFT", "CLIENT", "HTTP");
      members.forEach(
          member ->
              table.row(
                  member.name(),
                  member.raftAddress(),
                  member.clientAddress(),
                  member.httpAddress()));
      output()
          .result(
              Fields.of().objects("members", members.stream().map(MemberCommand::fields).toList()),
              table.lines());
      return Exit.DONE;
    }
  }

  /** A member as JSON. */
  static Fields fields(Member member) {
    return Fields.of()
        .put("name", member.name())
        .put("raftAddress", member.raftAddress())
        .put("clientAddress", member.clientAddress())
        .put("httpAddress", member.httpAddress());
  }

  /** Lists members. */
  @Command(name = "ls", description = "Lists the members.", footer = "  cairn member ls -o json")
  static final class Ls extends WithMembers {
    @Override
    List<Member> members(Cairn cairn) {
      return cairn.admin().members();
    }
  }

  /** Adds a member. */
  @Command(
      name = "add",
      description = {
        "Adds a voter. Start its server before, with an empty folder, the same --cluster, and"
            + " --members naming all old members and itself."
      },
      footer = "  cairn member add node4=10.0.0.4:7421/7420/7422")
  static final class Add extends WithMembers {
    @Parameters(
        paramLabel = "MEMBER",
        converter = MemberForm.class,
        description = "NAME=HOST:RAFTPORT/CLIENTPORT/HTTPPORT; RAFTPORT:N for incarnation N.")
    private Member member = new Member("", "", "", "");

    @Override
    List<Member> members(Cairn cairn) {
      return cairn.admin().addMember(member);
    }
  }

  /** Removes a member. */
  @Command(
      name = "remove",
      description =
          "Removes a voter. Its server may be stopped then; its folder is of no more use.",
      footer = "  cairn member remove node2")
  static final class Remove extends WithMembers {
    @Parameters(paramLabel = "NAME", description = "The member.")
    private String name = "";

    @Override
    List<Member> members(Cairn cairn) {
      return cairn.admin().removeMember(name);
    }
  }

  /** Replaces a member. */
  @Command(
      name = "replace",
      description = {
        "Removes one voter and adds another. Start the new one's server before: see 'cairn member add"
            + " --help'."
      },
      footer = "  cairn member replace node2 node4=10.0.0.4:7421/7420/7422")
  static final class Replace extends WithMembers {
    @Parameters(index = "0", paramLabel = "NAME", description = "The member that goes.")
    private String name = "";

    @Parameters(
        index = "1",
        paramLabel = "MEMBER",
        converter = MemberForm.class,
        description = "The one that comes: NAME=HOST:RAFTPORT/CLIENTPORT/HTTPPORT.")
    private Member with = new Member("", "", "", "");

    @Override
    List<Member> members(Cairn cairn) {
      return cairn.admin().replaceMember(name, with);
    }
  }
}
