package io.cairn.server;

import io.cairn.server.SettingSources.Text;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one server, checked, also against each other. Immutable. */
public final class ServerConfig {
  private static final String DEFAULT_SOURCE = "the default";

  private final Map<Setting, Text> texts;
  private final Map<Setting, Object> values = new EnumMap<>(Setting.class);
  private final InetAddress bindAddress;
  private final MemberAddress self;

  private ServerConfig(Map<Setting, Text> given) {
    texts = new EnumMap<>(given);
    takePortsFromMembers();
    for (Setting setting : Setting.values()) {
      values.put(setting, parse(setting));
    }
    checkDataDir();
    bindAddress = resolveBind();
    self = findSelf();
    checkReach();
  }

  /**
   * Reads defaults, then the file named by {@code --config}, then {@code CAIRN_*}, then flags.
   *
   * @throws StartRefusedException with exit code 2, naming setting, source, value and reason
   */
  public static ServerConfig load(List<String> flags, Map<String, String> environment) {
    return new ServerConfig(SettingSources.read(flags, environment));
  }

  /** The settings given, defaults for the others. */
  public static ServerConfig of(Map<Setting, String> settings) {
    Map<Setting, Text> texts = new EnumMap<>(Setting.class);
    settings.forEach((setting, text) -> texts.put(setting, new Text(text, "the caller")));
    return new ServerConfig(texts);
  }

  /** Name of the cluster. */
  public String cluster() {
    return text(Setting.CLUSTER);
  }

  /** Name of this node. */
  public String node() {
    return text(Setting.NODE);
  }

  /** Folder of everything kept. */
  public Path dataDir() {
    return Path.of(text(Setting.DATA_DIR));
  }

  /** All members as configured, this node among them. */
  public List<MemberAddress> members() {
    List<MemberAddress> members = parsedMembers();
    return members.isEmpty() ? List.of(self) : members;
  }

  /** This node. */
  public MemberAddress self() {
    return self;
  }

  /** True if an empty data folder forms the cluster. */
  public boolean formsCluster() {
    return text(Setting.INITIAL_CLUSTER_STATE).equals("new");
  }

  /** What the three ports listen on. */
  public InetAddress bindAddress() {
    return bindAddress;
  }

  /** True if it serves beyond loopback, which it does only when told so. */
  public boolean servesInsecurely() {
    return !bindAddress.isLoopbackAddress();
  }

  /** The value of a setting with numbers. */
  public int number(Setting setting) {
    return (Integer) value(setting);
  }

  /** The value of a setting with text. */
  public String text(Setting setting) {
    return (String) value(setting);
  }

  /** Port for clients. */
  public int clientPort() {
    return number(Setting.CLIENT_PORT);
  }

  /** Port for members. */
  public int raftPort() {
    return number(Setting.RAFT_PORT);
  }

  /** Port for operators. */
  public int httpPort() {
    return number(Setting.HTTP_PORT);
  }

  /** Bytes of a setting in MiB. */
  public long bytes(Setting mebibytes) {
    return number(mebibytes) * 1024L * 1024L;
  }

  private Object value(Setting setting) {
    Object value = values.get(setting);
    if (value == null) {
      throw new IllegalStateException(setting + " has no value");
    }
    return value;
  }

  @SuppressWarnings("unchecked")
  private List<MemberAddress> parsedMembers() {
    return (List<MemberAddress>) value(Setting.MEMBERS);
  }

  private Text given(Setting setting) {
    return texts.getOrDefault(setting, new Text(setting.defaultText(), DEFAULT_SOURCE));
  }

  private Object parse(Setting setting) {
    Text text = given(setting);
    try {
      return setting.parse(text.text());
    } catch (IllegalArgumentException e) {
      throw refused(setting, e.getMessage() + "; allowed: " + setting.range());
    }
  }

  /** Ports that nobody gave are those of this node's place in the list of members. */
  @SuppressWarnings("unchecked")
  private void takePortsFromMembers() {
    String node = (String) parse(Setting.NODE);
    List<MemberAddress> members = (List<MemberAddress>) parse(Setting.MEMBERS);
    for (MemberAddress member : members) {
      if (member.name().equals(node)) {
        String source = "members";
        texts.putIfAbsent(Setting.RAFT_PORT, port(member.raftPort(), source));
        texts.putIfAbsent(Setting.CLIENT_PORT, port(member.clientPort(), source));
        texts.putIfAbsent(Setting.HTTP_PORT, port(member.httpPort(), source));
      }
    }
  }

  private static Text port(int port, String source) {
    return new Text(Integer.toString(port), source);
  }

  private void checkDataDir() {
    try {
      dataDir();
    } catch (InvalidPathException e) {
      throw refused(Setting.DATA_DIR, "not a path: " + e.getReason());
    }
  }

  private InetAddress resolveBind() {
    try {
      return InetAddress.getByName(text(Setting.BIND));
    } catch (UnknownHostException e) {
      throw refused(Setting.BIND, "the name has no address");
    }
  }

  private MemberAddress findSelf() {
    if (clientPort() == raftPort() || clientPort() == httpPort() || raftPort() == httpPort()) {
      throw refused(
          Setting.CLIENT_PORT,
          "client-port %d, raft-port %d and http-port %d must differ"
              .formatted(clientPort(), raftPort(), httpPort()));
    }
    List<MemberAddress> members = parsedMembers();
    if (members.isEmpty()) {
      if (bindAddress.isAnyLocalAddress()) {
        throw refused(
            Setting.BIND, "others cannot reach a wildcard address: name this node in members");
      }
      String host = bindAddress.getHostAddress();
      return new MemberAddress(
          node(),
          host.contains(":") ? "[" + host + "]" : host,
          raftPort(),
          clientPort(),
          httpPort());
    }
    Optional<MemberAddress> found =
        members.stream().filter(member -> member.name().equals(node())).findFirst();
    MemberAddress me =
        found.orElseThrow(
            () -> refused(Setting.MEMBERS, "this node, '" + node() + "', is not among them"));
    checkPort(Setting.RAFT_PORT, me.raftPort());
    checkPort(Setting.CLIENT_PORT, me.clientPort());
    checkPort(Setting.HTTP_PORT, me.httpPort());
    return me;
  }

  private void checkPort(Setting setting, int listed) {
    if (number(setting) != listed) {
      throw refused(setting, "members list this node with port " + listed);
    }
  }

  private void checkReach() {
    boolean loopback = bindAddress.isLoopbackAddress();
    if (!loopback && !(Boolean) value(Setting.INSECURE)) {
      throw refused(
          Setting.BIND,
          "beyond loopback there is neither TLS nor authentication; if the network is trusted, say"
              + " so with --insecure");
    }
    // A listed address that is written in numbers can be compared without asking a name server.
    String host = self.host().replace("[", "").replace("]", "");
    boolean literal = host.contains(":") || host.matches("[0-9.]+");
    if (!literal || bindAddress.isAnyLocalAddress()) {
      return;
    }
    try {
      InetAddress listed = InetAddress.getByName(host);
      if (!listed.equals(bindAddress)) {
        throw refused(
            Setting.MEMBERS,
            "this node is listed with %s, but binds %s"
                .formatted(self.host(), bindAddress.getHostAddress()));
      }
    } catch (UnknownHostException e) {
      throw refused(Setting.MEMBERS, host + " is not an address");
    }
  }

  private StartRefusedException refused(Setting setting, String reason) {
    Text text = given(setting);
    return StartRefusedException.wrongSetting(setting.key(), text.source(), text.text(), reason);
  }
}
