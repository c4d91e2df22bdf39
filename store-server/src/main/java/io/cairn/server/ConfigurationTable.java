package io.cairn.server;

import java.util.Locale;

/** The settings as a page of the documentation: {@code docs/configuration.md} is its output. */
public final class ConfigurationTable {
  private ConfigurationTable() {}

  /** The whole page. */
  public static String markdown() {
    StringBuilder page = new StringBuilder(4_096);
    page.append(
        """
        # Configuration

        This page is made from the code. A setting is taken from the last of these that names it:
        the default, the YAML file given by `--config FILE` (or `CAIRN_CONFIG`), the environment, a
        flag. In the file it stands as `name: value`, in the environment as `CAIRN_NAME` with
        underscores, as a flag as `--name value`. `insecure` may stand as a flag without a value.
        Ports that nobody gives are those of this node's place in `members`.

        An unknown setting, or one with a wrong value, ends the start with exit code 2 and a message
        with the setting, where it came from, its value and the reason. Variables that begin with
        `CAIRN_CLI_`, `CAIRN_HOME`, `CAIRN_JAVA_OPTS` and `CAIRN_ENDPOINTS` are not for the server.

        | Setting | Default | Allowed | Meaning |
        |---|---|---|---|
        """);
    for (Setting setting : Setting.values()) {
      String fallback = setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`";
      page.append(
          String.format(
              Locale.ROOT,
              "| `%s` | %s | %s | %s |%n",
              setting.key(),
              fallback,
              setting.range(),
              setting.help()));
    }
    return page.toString().replace(System.lineSeparator(), "\n");
  }
}
