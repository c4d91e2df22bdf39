package io.cairn.chaos.cluster;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node says of itself on its HTTP port.
 *
 * @param role such as {@code LEADER}
 * @param digest of the state, in hexadecimal
 */
public record NodeStatus(
    String role,
    long term,
    long appliedIndex,
    long committedIndex,
    long firstLogIndex,
    long snapshotIndex,
    String digest) {
  private static final int MILLIS_MAX = 700;

  /** True if it says that it leads. */
  public boolean leads() {
    return role.equals("LEADER");
  }

  /** Asks a node; nothing if it does not answer soon. */
  static Optional<NodeStatus> ask(String httpEndpoint) {
    return page(httpEndpoint, "/v1/status").flatMap(NodeStatus::parse);
  }

  /** True if the node says that it serves. */
  static boolean isReady(String httpEndpoint) {
    return page(httpEndpoint, "/ready").isPresent();
  }

  /** The value of a metric without labels, 0 if the node does not answer or has none. */
  static double metric(String httpEndpoint, String name) {
    return page(httpEndpoint, "/metrics").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  static Optional<NodeStatus> parse(String json) {
    int groups = json.indexOf("\"groups\":[{");
    if (groups < 0) {
      return Optional.empty();
    }
    String group = json.substring(groups);
    return Optional.of(
        new NodeStatus(
            text(group, "role"),
            number(group, "term"),
            number(group, "applied_index"),
            number(group, "committed_index"),
            number(group, "first_log_index"),
            number(group, "snapshot_index"),
            text(group, "state_digest")));
  }

  private static String text(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static long number(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":(-?\\d+)").matcher(json);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  private static Optional<String> page(String httpEndpoint, String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + httpEndpoint + path).toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(MILLIS_MAX);
      connection.setReadTimeout(MILLIS_MAX);
      try {
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
          return Optional.empty();
        }
        byte[] body = connection.getInputStream().readAllBytes();
        return Optional.of(new String(body, StandardCharsets.UTF_8));
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
