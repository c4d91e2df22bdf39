package io.cairn.chaos.cluster;

import io.cairn.chaos.cluster.ClusterOptions.DiskKind;
import io.cairn.chaos.cluster.ClusterOptions.NetworkKind;
import java.util.ArrayList;
import java.util.List;

/** Makes clusters. */
public final class Clusters {
  private Clusters() {}

  /**
   * A cluster whose network and disks are made; no server runs yet.
   *
   * @throws ClusterFailure if the machine lacks what it needs, or the root holds something
   */
  public static Cluster create(ClusterOptions options) {
    List<String> missing = missing(options);
    if (!missing.isEmpty()) {
      throw new ClusterFailure(
          "this machine cannot run such a cluster: " + String.join("; ", missing), null);
    }
    return ServerCluster.create(options);
  }

  /** The network that this machine has: namespaces where they can be made. */
  public static NetworkKind bestNetwork() {
    return Means.namespaces().isEmpty() ? NetworkKind.NAMESPACES : NetworkKind.LOOPBACK;
  }

  /** What this machine lacks for such a cluster, in words; empty if nothing. */
  public static List<String> missing(ClusterOptions options) {
    List<String> missing = new ArrayList<>();
    if (options.network() == NetworkKind.NAMESPACES) {
      Means.namespaces().ifPresent(missing::add);
    }
    if (options.disk() == DiskKind.LOOP_EXT4) {
      Means.loopDisks().ifPresent(missing::add);
    }
    if (!options.shims().isEmpty()) {
      Means.compiler().ifPresent(missing::add);
    }
    return missing;
  }
}
