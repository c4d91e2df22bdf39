package io.cairn.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Every setting of a server: the one list of names, defaults, ranges and help. */
public enum Setting {
  /** Name of the cluster. */
  CLUSTER("cairn", SettingType.name(), "Name of the cluster. Clusters of two names never talk."),
  /** Name of this node. */
  NODE("node1", SettingType.name(), "Name of this node, unique in the cluster."),
  /** Where everything is kept. */
  DATA_DIR(
      "data",
      SettingType.text("a folder, made if absent"),
      "Folder of log, state and snapshots. One server at a time."),
  /** The members. */
  MEMBERS(
      "",
      SettingType.members(),
      "All members when the cluster is formed, this node included. Empty: this node alone."),
  /** Whether this start forms a cluster. */
  INITIAL_CLUSTER_STATE(
      "existing",
      SettingType.choice("new", "existing"),
      "new: an empty data folder forms the cluster named in members, once. existing: it waits to be"
          + " added."),
  /** Address of all three ports. */
  BIND(
      "127.0.0.1",
      SettingType.text("an address or host name of this machine"),
      "Address that all three ports listen on. Beyond loopback only with insecure."),
  /** Client plane. */
  CLIENT_PORT("7420", SettingType.integer(1, 65_535), "Port for clients (gRPC)."),
  /** Raft plane. */
  RAFT_PORT("7421", SettingType.integer(1, 65_535), "Port for the other members."),
  /** HTTP plane. */
  HTTP_PORT("7422", SettingType.integer(1, 65_535), "Port for health, metrics and status (HTTP)."),
  /** Serve without TLS and authentication beyond loopback. */
  INSECURE(
      "false",
      SettingType.flag(),
      "Serve beyond loopback although there is neither TLS nor authentication."),
  /** Raft's election timeout. */
  ELECTION_TIMEOUT_MS(
      "600",
      SettingType.integer(100, 60_000),
      "Milliseconds without a sign of the leader after which a member stands for election."),
  /** Log bytes after which a snapshot is taken. */
  SNAPSHOT_LOG_MIB(
      "256", SettingType.integer(1, 65_536), "MiB of log after which a snapshot is taken."),
  /** RocksDB block cache. */
  BLOCK_CACHE_MIB("64", SettingType.integer(8, 65_536), "MiB of memory for blocks read from disk."),
  /** Cache of rows above RocksDB. */
  ROW_CACHE_MIB(
      "384",
      SettingType.integer(1, 2_048),
      "MiB of memory for short rows read or written lately, at most half of -Xmx; a key needs"
          + " about 80 bytes. What finds them takes up to a third of that on the heap."),
  /** RocksDB memtables. */
  WRITE_BUFFER_MIB(
      "64", SettingType.integer(8, 4_096), "MiB of memory for state not yet written to tables."),
  /** Requests of one stream. */
  REQUESTS_IN_FLIGHT_MAX(
      "1024", SettingType.integer(1, 65_536), "Unanswered requests of one client stream, at most."),
  /** Requests of all streams. */
  ADMISSION_REQUESTS_MAX(
      "16384",
      SettingType.integer(16, 1_048_576),
      "Unanswered requests of all streams; more are answered OVERLOADED. An eighth on top is kept"
          + " for heartbeats."),
  /** Bytes of all streams. */
  ADMISSION_BYTES_MIB(
      "64",
      SettingType.integer(4, 16_384),
      "MiB of unanswered requests of all streams; more are answered OVERLOADED."),
  /** Connections. */
  CONNECTIONS_MAX(
      "4096", SettingType.integer(1, 65_536), "Client connections, at most; further ones close."),
  /** Threads that read. */
  QUERY_THREADS("2", SettingType.integer(1, 64), "Threads that answer queries."),
  /** Graceful stop. */
  DRAIN_MS(
      "5000",
      SettingType.integer(0, 600_000),
      "Milliseconds a stopping server waits for leadership to move and requests to be answered."),
  /** Form of log lines. */
  LOG_FORMAT("text", SettingType.choice("text", "json"), "Form of a log line."),
  /** Least level. */
  LOG_LEVEL(
      "info", SettingType.choice("error", "warn", "info", "debug"), "Lowest level that is logged.");

  private final String defaultText;

  @SuppressWarnings("ImmutableEnumChecker") // a record of a text and a stateless function
  private final SettingType<?> type;

  private final String help;

  Setting(String defaultText, SettingType<?> type, String help) {
    this.defaultText = defaultText;
    this.type = type;
    this.help = help;
  }

  /** Name in a file; a flag has two dashes in front. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Name in the environment. */
  public String variable() {
    return "CAIRN_" + name();
  }

  /** The text that holds when no source says anything. */
  public String defaultText() {
    return defaultText;
  }

  /** What it may be, for people. */
  public String range() {
    return type.range();
  }

  /** What it is for. */
  public String help() {
    return help;
  }

  /** True if the flag may stand without a value. */
  boolean isFlag() {
    return this == INSECURE;
  }

  Object parse(String text) {
    return type.parser().apply(text);
  }

  static Optional<Setting> ofKey(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key().equals(key)).findFirst();
  }

  static Optional<Setting> ofVariable(String name) {
    return Arrays.stream(values()).filter(setting -> setting.variable().equals(name)).findFirst();
  }
}
