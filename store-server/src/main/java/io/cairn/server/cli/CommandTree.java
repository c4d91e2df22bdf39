package io.cairn.server.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts the commands together: one form of help, one way to tell errors. */
final class CommandTree {
  private static final String GLOBAL_HEADING = "globalOptionsHeading";
  private static final String GLOBAL_LIST = "globalOptionsList";
  private static final int WIDTH = 100;

  /** Global options that have a use without a cluster. */
  private static final Set<String> OFFLINE = Set.of("--output", "--verbose", "--help");

  /** The commands under the root, as its help lists them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          ServerCommand.class,
          ClusterCommand.class,
          StatusCommand.class,
          KvCommand.class,
          TxnCommand.class,
          WatchCommand.class,
          LockCommand.class,
          LeaseCommand.class,
          JobCommand.class,
          TaskCommand.class,
          WorkerCommand.class,
          DiagnoseCommand.class,
          TopCommand.class,
          MemberCommand.class,
          OperateCommands.Leader.class,
          OperateCommands.Snapshot.class,
          OperateCommands.Compact.class,
          PlanCommand.class,
          RingCommand.class,
          DemoCommand.class,
          LauncherCommands.Bench.class,
          LauncherCommands.Chaos.class,
          CompletionCommand.class,
          VersionCommand.class);

  private CommandTree() {}

  /**
   * The commands under {@code root} that these arguments may mean: only the one that they begin
   * with, as making all takes longer than most commands do; or all.
   */
  static CommandLine build(CairnCli root, String... arguments) {
    CommandLine line = new CommandLine(root);
    meant(arguments).forEach(line::addSubcommand);
    line.registerConverter(Duration.class, new Durations());
    line.setExpandAtFiles(false); // @file is a value of ours
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOverwrittenOptionsAllowed(false);
    line.setAbbreviatedOptionsAllowed(false);
    line.setOut(root.world().output().results());
    line.setErr(root.world().output().remarks());
    line.setParameterExceptionHandler((wrong, given) -> usageError(root, wrong));
    line.setExecutionExceptionHandler((failure, command, parsed) -> tell(root, failure));
    dress(line, line);
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    line.getCommandSpec()
        .usageMessage()
        .exitCodeList(
            Arrays.stream(Exit.values())
                .collect(
                    Collectors.toMap(
                        exit -> " " + exit.code(),
                        Exit::meaning,
                        (a, b) -> a,
                        java.util.LinkedHashMap::new)));
    return line;
  }

  private static List<Class<?>> meant(String... arguments) {
    if (arguments.length == 0) {
      return COMMANDS;
    }
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(type -> type.getAnnotation(Command.class).name().equals(arguments[0]))
            .toList();
    boolean needsAll = named.isEmpty() || named.contains(CompletionCommand.class);
    return needsAll ? COMMANDS : named;
  }

  private static void dress(CommandLine line, CommandLine root) {
    if (line.getCommandSpec().userObject() instanceof ServerCommand) {
      ServerCommand.addSettings(line.getCommandSpec());
    }
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage.abbreviateSynopsis(true);
    usage.width(WIDTH);
    usage.sortOptions(false);
    usage.synopsisHeading("Usage: ");
    usage.descriptionHeading("%n");
    usage.parameterListHeading("%nParameters:%n");
    usage.optionListHeading("%nOptions:%n");
    usage.commandListHeading("%nCommands:%n");
    usage.footerHeading("%nExamples:%n");
    if (line != root) {
      List<String> keys = new java.util.ArrayList<>(usage.sectionKeys());
      int behind = keys.indexOf(UsageMessageSpec.SECTION_KEY_OPTION_LIST) + 1;
      keys.addAll(behind, List.of(GLOBAL_HEADING, GLOBAL_LIST));
      usage.sectionKeys(keys);
      usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> list(help, false));
      usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, CommandTree::own);
      usage.sectionMap().put(GLOBAL_HEADING, CommandTree::globalHeading);
      usage.sectionMap().put(GLOBAL_LIST, help -> showsGlobal(help) ? list(help, true) : "");
    }
    line.getSubcommands().values().forEach(child -> dress(child, root));
  }

  private static String own(Help help) {
    boolean any = help.commandSpec().options().stream().anyMatch(option -> shown(option, false));
    return any ? help.optionListHeading() : "";
  }

  private static String globalHeading(Help help) {
    return showsGlobal(help) ? help.createHeading("%nGlobal options:%n") : "";
  }

  /** Commands that ask no cluster have no use for the options of a connection. */
  private static boolean showsGlobal(Help help) {
    Object command = help.commandSpec().userObject();
    return command instanceof CommandContext
        && !(command instanceof CompletionCommand)
        && !(command instanceof DemoCommand)
        && !(command instanceof VersionCommand)
        && !(command instanceof ServerCommand);
  }

  private static String list(Help help, boolean global) {
    List<OptionSpec> options =
        help.commandSpec().options().stream()
            .filter(option -> shown(option, global))
            .filter(option -> !global || hasUse(help, option))
            .toList();
    Help.Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
    layout.addOptions(options, help.parameterLabelRenderer());
    return layout.toString();
  }

  private static boolean hasUse(Help help, OptionSpec option) {
    return !(help.commandSpec().userObject() instanceof Offline)
        || OFFLINE.contains(option.longestName());
  }

  private static boolean shown(OptionSpec option, boolean global) {
    return !option.hidden() && option.inherited() == global;
  }

  private static int usageError(CairnCli root, ParameterException wrong) {
    CommandLine line = wrong.getCommandLine();
    CommandSpec spec = line.getCommandSpec();
    if (isMissingCommand(wrong)) {
      if (spec.parent() == null) {
        line.usage(root.world().output().remarks());
        return Exit.USAGE.code();
      }
      return error(
          root,
          Exit.USAGE,
          "which command? '%s' has %s; see '%s --help'"
              .formatted(
                  spec.qualifiedName(),
                  String.join(", ", line.getSubcommands().keySet()),
                  spec.qualifiedName()));
    }
    return error(
        root,
        Exit.USAGE,
        "%s%s; see '%s --help'".formatted(message(wrong), hint(wrong), spec.qualifiedName()));
  }

  private static boolean isMissingCommand(ParameterException wrong) {
    return String.valueOf(wrong.getMessage()).startsWith("Missing required subcommand");
  }

  private static String message(ParameterException wrong) {
    String text = String.valueOf(wrong.getMessage()).replaceAll("\\s*\\R\\s*", " ").strip();
    if (text.startsWith("Error: ")) {
      text = text.substring("Error: ".length());
    }
    if (text.isEmpty()) {
      return "wrong usage";
    }
    if (text.endsWith(".")) {
      text = text.substring(0, text.length() - 1);
    }
    return Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }

  private static String hint(ParameterException wrong) {
    if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
      return "";
    }
    List<String> close = unmatched.getSuggestions();
    if (!close.isEmpty()) {
      return " (did you mean " + String.join(" or ", close) + "?)";
    }
    return unmatched.isUnknownOption() ? " (a value that begins with a dash goes behind --)" : "";
  }

  private static int tell(CairnCli root, Exception failure) {
    Failures.Told told = Failures.tell(failure);
    int code = error(root, told.exit(), told.line());
    if (root.isVerbose()) {
      Throwable cause = failure.getCause();
      for (int depth = 0; cause != null && depth < 10; depth++, cause = cause.getCause()) {
        root.world().output().remark("  caused by " + cause);
      }
    }
    return code;
  }

  private static int error(CairnCli root, Exit exit, String line) {
    root.world().output().flush();
    root.world().output().remark("cairn: " + line);
    return exit.code();
  }
}
