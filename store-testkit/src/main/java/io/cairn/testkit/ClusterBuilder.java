package io.cairn.testkit;

import io.cairn.server.Setting;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Settings of a cluster. For one thread; each call changes and returns the builder. */
public final class ClusterBuilder {
  private static final Set<Setting> FIXED =
      Set.of(
          Setting.CLUSTER,
          Setting.NODE,
          Setting.DATA_DIR,
          Setting.MEMBERS,
          Setting.INITIAL_CLUSTER_STATE,
          Setting.BIND,
          Setting.CLIENT_PORT,
          Setting.RAFT_PORT,
          Setting.HTTP_PORT,
          Setting.INSECURE);

  private final Map<Setting, String> settings = new EnumMap<>(Setting.class);
  private int nodes = 3;
  private Duration patience = Duration.ofSeconds(30);
  private boolean keepsFolder;

  ClusterBuilder() {
    // Small, so that many clusters fit into one test run, and quick to elect.
    settings.put(Setting.ELECTION_TIMEOUT_MS, "300");
    settings.put(Setting.BLOCK_CACHE_MIB, "8");
    settings.put(Setting.ROW_CACHE_MIB, "8");
    settings.put(Setting.WRITE_BUFFER_MIB, "8");
    settings.put(Setting.DRAIN_MS, "3000");
  }

  /** How many nodes: 1, 3 or 5; 3 by default. */
  public ClusterBuilder nodes(int count) {
    if (count != 1 && count != 3 && count != 5) {
      throw new IllegalArgumentException("a test cluster has 1, 3 or 5 nodes, not " + count);
    }
    nodes = count;
    return this;
  }

  /**
   * A setting of the servers, by its name in their configuration file, for example {@code
   * admission-requests-max}. Names, folders, members, ports and addresses are the cluster's own.
   */
  public ClusterBuilder setting(String name, String value) {
    Setting setting =
        Arrays.stream(Setting.values())
            .filter(one -> one.key().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no setting is called " + name));
    if (FIXED.contains(setting)) {
      throw new IllegalArgumentException("the test cluster itself sets " + name);
    }
    settings.put(setting, value);
    return this;
  }

  /** How long the {@code await} methods and {@link CairnCluster#leader} wait; 30 s by default. */
  public ClusterBuilder patience(Duration limit) {
    patience = limit;
    return this;
  }

  /** Keeps the folder when the cluster is closed. */
  public ClusterBuilder keepFolder() {
    keepsFolder = true;
    return this;
  }

  /** Starts the cluster; returns when it has a leader that all nodes follow. */
  public CairnCluster start() {
    return CairnCluster.started(this);
  }

  int nodes() {
    return nodes;
  }

  Map<Setting, String> settings() {
    return settings;
  }

  Duration patience() {
    return patience;
  }

  boolean keepsFolder() {
    return keepsFolder;
  }
}
