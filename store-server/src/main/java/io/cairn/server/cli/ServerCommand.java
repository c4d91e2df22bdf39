package io.cairn.server.cli;

import io.cairn.server.ServerMain;
import io.cairn.server.Setting;
import io.cairn.server.ops.LogSetup;
import io.cairn.server.raft.RaftGroupFactory;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Runs one server as this process. Its options are the server's settings, which read them. */
@Command(
    name = "server",
    description = {
      "Runs one server until it is asked to stop (SIGTERM, Ctrl-C), which it does gracefully.",
      "",
      "A setting may stand in a YAML file (--config), in the environment (CAIRN_NODE for --node) or"
          + " here; the latter wins.",
    },
    footer = {
      "  cairn server --data-dir /var/lib/cairn --initial-cluster-state new",
      "  cairn server --config /etc/cairn/node1.yaml",
      "  cairn server --node node1 --data-dir d1 --initial-cluster-state new \\",
      "    --members node1=10.0.0.1:7421/7420/7422,node2=10.0.0.2:7421/7420/7422 --insecure",
    })
final class ServerCommand extends CommandContext implements Callable<Integer> {
  /** Variables of this prefix are settings, but for those of the command line. */
  private static final List<String> OWN_VARIABLES =
      List.of("CAIRN_REBUILD", CairnCli.LOCK_KEY_VARIABLE, CairnCli.LOCK_TOKEN_VARIABLE);

  /** Makes each setting an option. */
  static void addSettings(CommandSpec spec) {
    spec.addOption(
        option(
            "--config", "FILE", "YAML file with settings, '" + "setting: value' per line.", "1"));
    for (Setting setting : Setting.values()) {
      boolean isFlag = setting == Setting.INSECURE;
      String text =
          "%s %s Default: %s."
              .formatted(
                  setting.help(),
                  isFlag ? "" : "Allowed: " + setting.range() + ".",
                  setting.defaultText().isEmpty() ? "none" : setting.defaultText());
      spec.addOption(
          option(
              "--" + setting.key(),
              isFlag ? "true|false" : "VALUE",
              text.replaceAll(" +", " "),
              isFlag ? "0..1" : "1"));
    }
  }

  private static OptionSpec option(String name, String label, String text, String arity) {
    return OptionSpec.builder(name)
        .type(String.class)
        .paramLabel(label)
        .arity(arity)
        .fallbackValue("true")
        .description(text.replace("%", "%%"))
        .build();
  }

  @Override
  public Integer call() {
    List<String> flags = new ArrayList<>();
    for (OptionSpec option : spec().commandLine().getParseResult().matchedOptions()) {
      if (!option.inherited()) {
        flags.add(option.longestName() + "=" + option.<Object>getValue());
      }
    }
    Map<String, String> environment = new HashMap<>(cli().world().environment());
    environment.keySet().removeAll(OWN_VARIABLES);
    LogSetup.apply("text", "info"); // until the settings say otherwise
    PrintWriter errors = cli().world().output().remarks();
    return new ServerMain(new RaftGroupFactory(), errors).run(flags, environment);
  }
}
