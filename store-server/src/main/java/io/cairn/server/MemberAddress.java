package io.cairn.server;

import io.cairn.protocol.v1.Member;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where one member of the cluster is reached.
 *
 * @param name the node's name
 * @param host its host name or address, IPv6 in brackets
 */
public record MemberAddress(String name, String host, int raftPort, int clientPort, int httpPort) {
  private static final Pattern FORM =
      Pattern.compile("([^=]+)=(\\[[0-9a-fA-F:]+]|[^:/\\[\\]]+):(\\d{1,5})/(\\d{1,5})/(\\d{1,5})");

  static MemberAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not name=host:raftPort/clientPort/httpPort");
    }
    return new MemberAddress(
        matcher.group(1),
        matcher.group(2),
        port(matcher.group(3)),
        port(matcher.group(4)),
        port(matcher.group(5)));
  }

  /** Where other members reach it. */
  public String raftAddress() {
    return host + ":" + raftPort;
  }

  /** Where clients reach it. */
  public String clientAddress() {
    return host + ":" + clientPort;
  }

  /** Where operators reach it. */
  public String httpAddress() {
    return host + ":" + httpPort;
  }

  /** The row that is replicated of it. */
  public Member toMember() {
    return Member.newBuilder()
        .setName(name)
        .setRaftAddress(raftAddress())
        .setClientAddress(clientAddress())
        .setHttpAddress(httpAddress())
        .build();
  }

  @Override
  public String toString() {
    return name + "=" + host + ":" + raftPort + "/" + clientPort + "/" + httpPort;
  }

  private static int port(String text) {
    int port = Integer.parseInt(text);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not within 1 to 65535");
    }
    return port;
  }
}
