package io.cairn.chaos.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a cluster is to be like.
 *
 * @param nodes how many it begins with, 1 to 9
 * @param root folder of its files; logs stay there when it is closed
 * @param network where nodes talk
 * @param disk what holds a node's data
 * @param shims libraries laid between the servers and the C library
 * @param settings of all servers, by their names, such as {@code election-timeout-ms}
 * @param jvmOptions of all servers, behind the usual ones
 * @param environment of all servers, beside the usual one
 * @param classesInFront folders of classes that hide those of the server, such as planted bugs
 * @param keepsData true if data folders stay when it is closed
 */
public record ClusterOptions(
    int nodes,
    Path root,
    NetworkKind network,
    DiskKind disk,
    Set<Shim> shims,
    Map<String, String> settings,
    List<String> jvmOptions,
    Map<String, String> environment,
    List<Path> classesInFront,
    boolean keepsData) {
  private static final int NODES_MAX = 9;

  /** Where nodes talk. */
  public enum NetworkKind {
    /** A network namespace for each node, on a bridge: needs root. */
    NAMESPACES,
    /** Loopback, with a proxy between each two nodes. */
    LOOPBACK
  }

  /** What holds a node's data. */
  public enum DiskKind {
    /** A folder. */
    PLAIN,
    /** An ext4 of its own in an image: needs root. */
    LOOP_EXT4
  }

  /** Checked, and changed by nobody. */
  public ClusterOptions {
    if (nodes < 1 || nodes > NODES_MAX) {
      throw new IllegalArgumentException(nodes + " nodes: 1 to " + NODES_MAX + " are possible");
    }
    root = root.toAbsolutePath().normalize();
    shims = Set.copyOf(shims);
    settings = Map.copyOf(settings);
    jvmOptions = List.copyOf(jvmOptions);
    environment = Map.copyOf(environment);
    classesInFront = List.copyOf(classesInFront);
  }

  /** Nodes on loopback, on plain folders. */
  public static ClusterOptions of(int nodes, Path root) {
    return new ClusterOptions(
        nodes,
        root,
        NetworkKind.LOOPBACK,
        DiskKind.PLAIN,
        Set.of(),
        Map.of(),
        List.of(),
        Map.of(),
        List.of(),
        false);
  }

  /** The same on another network. */
  public ClusterOptions withNetwork(NetworkKind other) {
    return new ClusterOptions(
        nodes,
        root,
        other,
        disk,
        shims,
        settings,
        jvmOptions,
        environment,
        classesInFront,
        keepsData);
  }

  /** The same on other disks. */
  public ClusterOptions withDisk(DiskKind other) {
    return new ClusterOptions(
        nodes,
        root,
        network,
        other,
        shims,
        settings,
        jvmOptions,
        environment,
        classesInFront,
        keepsData);
  }

  /** The same with one more shim. */
  public ClusterOptions withShim(Shim shim) {
    Set<Shim> more = EnumSet.of(shim);
    more.addAll(shims);
    return new ClusterOptions(
        nodes,
        root,
        network,
        disk,
        more,
        settings,
        jvmOptions,
        environment,
        classesInFront,
        keepsData);
  }

  /** The same with one setting more, or another value of it. */
  public ClusterOptions withSetting(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(name, value);
    return new ClusterOptions(
        nodes,
        root,
        network,
        disk,
        shims,
        more,
        jvmOptions,
        environment,
        classesInFront,
        keepsData);
  }

  /** The same with one option of the JVM more. */
  public ClusterOptions withJvmOption(String option) {
    List<String> more = new ArrayList<>(jvmOptions);
    more.add(option);
    return new ClusterOptions(
        nodes, root, network, disk, shims, settings, more, environment, classesInFront, keepsData);
  }

  /** The same with one variable more. */
  public ClusterOptions withVariable(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(name, value);
    return new ClusterOptions(
        nodes, root, network, disk, shims, settings, jvmOptions, more, classesInFront, keepsData);
  }

  /** The same with the classes of one more folder in front of the server's. */
  public ClusterOptions withClassesInFront(Path folder) {
    List<Path> more = new ArrayList<>(classesInFront);
    more.add(folder.toAbsolutePath());
    return new ClusterOptions(
        nodes, root, network, disk, shims, settings, jvmOptions, environment, more, keepsData);
  }

  /** The same whose data folders stay when it is closed. */
  public ClusterOptions keepingData() {
    return new ClusterOptions(
        nodes, root, network, disk, shims, settings, jvmOptions, environment, classesInFront, true);
  }
}
