package io.cairn.examples.jdbccopy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What a copying process is told.
 *
 * @param url the database of both tables, as its JDBC driver wants it
 * @param batchRows rows of one transaction
 */
public record CopySettings(
    String endpoints, String task, String url, int batchRows, Duration leaseTtl) {
  static final String USAGE =
      "settings, all of them optional: --endpoints HOST:PORT,... --task NAME --url JDBC-URL"
          + " --batch-rows N --lease-ms N";

  /** Reads {@code --name value} pairs. */
  public static CopySettings parse(String... arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
        throw new IllegalArgumentException("expected --name value, found " + arguments[i]);
      }
      given.put(arguments[i].substring(2), arguments[i + 1]);
    }
    CopySettings settings =
        new CopySettings(
            take(given, "endpoints", "127.0.0.1:7420"),
            take(given, "task", "jdbc-copy"),
            take(given, "url", "jdbc:h2:tcp://127.0.0.1/./copy"),
            Integer.parseInt(take(given, "batch-rows", "500")),
            Duration.ofMillis(Long.parseLong(take(given, "lease-ms", "10000"))));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown settings: " + given.keySet());
    }
    return settings;
  }

  private static String take(Map<String, String> given, String name, String otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : value;
  }
}
