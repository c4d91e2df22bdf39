package io.cairn.server;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Collects the texts of settings, later sources over earlier ones: file, environment, flags.
 * Refuses what it does not know.
 */
final class SettingSources {
  private static final String CONFIG_FLAG = "--config";
  private static final String CONFIG_VARIABLE = "CAIRN_CONFIG";
  private static final int FILE_CHARACTERS_MAX = 64 * 1024;

  /** Variables of this prefix that are not for the server. */
  private static final Set<String> FOREIGN_VARIABLES =
      Set.of("CAIRN_HOME", "CAIRN_JAVA_OPTS", "CAIRN_ENDPOINTS");

  private static final String FOREIGN_PREFIX = "CAIRN_CLI_";

  /**
   * One setting's text, and who said it.
   *
   * @param source for people
   */
  record Text(String text, String source) {}

  private final Map<Setting, Text> texts = new EnumMap<>(Setting.class);

  private SettingSources() {}

  static Map<Setting, Text> read(List<String> flags, Map<String, String> environment) {
    SettingSources sources = new SettingSources();
    Map<Setting, Text> fromFlags = new EnumMap<>(Setting.class);
    Optional<String> file = parseFlags(flags, fromFlags);
    file.or(() -> Optional.ofNullable(environment.get(CONFIG_VARIABLE)))
        .ifPresent(sources::readFile);
    sources.readEnvironment(environment);
    sources.texts.putAll(fromFlags);
    return sources.texts;
  }

  private static Optional<String> parseFlags(List<String> flags, Map<Setting, Text> into) {
    Optional<String> file = Optional.empty();
    for (int i = 0; i < flags.size(); i++) {
      String flag = flags.get(i);
      int equals = flag.indexOf('=');
      String name = equals < 0 ? flag : flag.substring(0, equals);
      Optional<Setting> setting =
          name.startsWith("--") ? Setting.ofKey(name.substring(2)) : Optional.empty();
      if (setting.isEmpty() && !name.equals(CONFIG_FLAG)) {
        throw StartRefusedException.wrongSetting(name, "a flag", flag, "there is no such flag");
      }
      String value;
      if (equals >= 0) {
        value = flag.substring(equals + 1);
      } else if (setting.isPresent() && setting.get().isFlag() && !followedByBoolean(flags, i)) {
        value = "true";
      } else if (i + 1 < flags.size()) {
        value = flags.get(++i);
      } else {
        throw StartRefusedException.wrongSetting(name, "a flag", "", "a value must follow");
      }
      if (setting.isEmpty()) {
        file = Optional.of(value);
      } else {
        into.put(setting.get(), new Text(value, "flag " + name));
      }
    }
    return file;
  }

  private static boolean followedByBoolean(List<String> flags, int i) {
    return i + 1 < flags.size()
        && (flags.get(i + 1).equals("true") || flags.get(i + 1).equals("false"));
  }

  private void readEnvironment(Map<String, String> environment) {
    environment.forEach(
        (name, value) -> {
          if (!name.startsWith("CAIRN_")
              || name.equals(CONFIG_VARIABLE)
              || name.startsWith(FOREIGN_PREFIX)
              || FOREIGN_VARIABLES.contains(name)) {
            return;
          }
          Setting setting =
              Setting.ofVariable(name)
                  .orElseThrow(
                      () ->
                          StartRefusedException.wrongSetting(
                              name, "the environment", value, "there is no such setting"));
          texts.put(setting, new Text(value, "environment variable " + name));
        });
  }

  private void readFile(String name) {
    String source = "file " + name;
    Object root;
    try {
      String content = Files.readString(Path.of(name));
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      options.setMaxAliasesForCollections(0);
      options.setCodePointLimit(FILE_CHARACTERS_MAX);
      root = new Yaml(new SafeConstructor(options)).load(content);
    } catch (MalformedInputException e) {
      throw StartRefusedException.wrongSetting("config", "flags", name, "the file is not UTF-8");
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw StartRefusedException.wrongSetting(
          "config", "flags", name, "the file cannot be read: " + e.getMessage());
    } catch (YAMLException e) {
      throw StartRefusedException.wrongSetting(
          "config", "flags", name, "the file is not YAML: " + firstLine(e.getMessage()));
    }
    if (root == null) {
      return;
    }
    if (!(root instanceof Map<?, ?> map)) {
      throw StartRefusedException.wrongSetting(
          "config", "flags", name, "the file is not a list of 'setting: value'");
    }
    map.forEach((key, value) -> readFileEntry(source, String.valueOf(key), value));
  }

  private void readFileEntry(String source, String key, @Nullable Object value) {
    Setting setting =
        Setting.ofKey(key)
            .orElseThrow(
                () ->
                    StartRefusedException.wrongSetting(
                        key, source, String.valueOf(value), "there is no such setting"));
    String text;
    if (value instanceof List<?> list) {
      text = list.stream().map(String::valueOf).collect(Collectors.joining(","));
    } else if (value instanceof Map<?, ?>) {
      throw StartRefusedException.wrongSetting(
          key, source, String.valueOf(value), "a single value is needed");
    } else {
      text = value == null ? "" : String.valueOf(value);
    }
    texts.put(setting, new Text(text, source));
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
