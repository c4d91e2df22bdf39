package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.ClusterOptions;
import io.cairn.chaos.cluster.ClusterOptions.DiskKind;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.Shim;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** All faults, by their names. */
public final class Faults {
  private Faults() {}

  /** All kinds, in the order in which they are listed. */
  public static List<FaultKind> kinds() {
    return Stream.of(
            ProcessFaults.kinds(),
            NetworkFaults.kinds(),
            ClockFaults.kinds(),
            DiskFaults.kinds(),
            SpaceFaults.kinds(),
            IoFaults.kinds(),
            DamageFaults.kinds(),
            ResourceFaults.kinds(),
            ClusterFaults.kinds())
        .flatMap(List::stream)
        .toList();
  }

  /** Their names. */
  public static List<String> names() {
    return kinds().stream().map(FaultKind::name).toList();
  }

  /**
   * The kind of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public static FaultKind kind(String name) {
    return kinds().stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown fault '" + name + "'; there are: " + String.join(", ", names())));
  }

  /** Why this machine cannot do it, if it cannot. */
  public static Optional<String> missing(String name) {
    return kind(name).missing().get();
  }

  /** Those of these that this machine cannot do, each with the reason. */
  public static Map<String, String> missing(Collection<String> names) {
    Map<String, String> reasons = new LinkedHashMap<>();
    names.forEach(name -> missing(name).ifPresent(reason -> reasons.put(name, reason)));
    return reasons;
  }

  /**
   * Why these cannot go on at the same time, if they cannot: two of them would use the same means,
   * and the end of one would be the end of both.
   */
  public static Optional<String> clash(Collection<String> names) {
    List<String> links = names.stream().filter(name -> isOf("network", name)).toList();
    if (links.size() > 1) {
      return Optional.of(String.join(", ", links) + " all change links between nodes");
    }
    ClusterOptions plain = ClusterOptions.of(1, Path.of(""));
    List<String> devices =
        names.stream()
            .filter(name -> kind(name).prepare().apply(plain).disk() == DiskKind.LOOP_EXT4)
            .toList();
    if (devices.size() > 1 && devices.contains(DiskFaults.HUNG)) {
      return Optional.of(
          String.join(", ", devices)
              + " all need the file system of a node, which only one may freeze: what the others"
              + " do there would hang, too");
    }
    for (Shim shim : Shim.values()) {
      List<String> users =
          names.stream()
              .filter(name -> kind(name).prepare().apply(plain).shims().contains(shim))
              .toList();
      if (users.size() > 1) {
        return Optional.of(String.join(", ", users) + " all use the shim " + shim);
      }
    }
    return Optional.empty();
  }

  /** By how many millionths these let a steady clock of a server run too fast, at most. */
  public static long clockFastPpm(Collection<String> names) {
    return names.contains(ClockFaults.DRIFT) ? ClockFaults.FASTER_PPM_MAX : 0;
  }

  private static boolean isOf(String family, String name) {
    return kind(name).family().equals(family);
  }

  /** The options with the network, disks, shims and settings that these faults need. */
  public static ClusterOptions prepare(ClusterOptions options, Collection<String> names) {
    ClusterOptions prepared = options;
    for (String name : names) {
      prepared = kind(name).prepare().apply(prepared);
    }
    return prepared;
  }

  /**
   * A fault of this cluster, which was made with {@link #prepare prepared} options.
   *
   * @throws IllegalArgumentException if the name is unknown
   */
  public static Fault open(String name, Cluster cluster) {
    FaultKind kind = kind(name);
    if (cluster instanceof ServerCluster servers) {
      return kind.opening().apply(kind, servers);
    }
    throw new IllegalArgumentException("faults need a cluster of servers, not " + cluster);
  }
}
