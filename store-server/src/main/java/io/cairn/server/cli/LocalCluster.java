package io.cairn.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster of processes on this machine, as its folder remembers it: {@code cluster.json} beside
 * one folder per node. One command at a time works on it: see {@link LocalClusterLock}.
 */
final class LocalCluster {
  /** The address of all nodes. */
  static final String HOST = "127.0.0.1";

  /** Where the search for free ports begins: the first node has the ports of a lone server. */
  static final int BASE_PORT_FIRST = 7420;

  private static final String FILE = "cluster.json";
  private static final int FORMAT = 1;
  private static final int NODE_PORTS = 10;
  private static final int BASE_PORT_STEP = 100;
  private static final int BASE_PORT_LAST = 32_000;

  private final Path dir;
  private final String name;
  private final boolean formed;
  private final List<LocalNode> nodes;
  private final int basePort;

  private LocalCluster(Path dir, String name, boolean formed, int basePort, int nodes) {
    this.dir = dir;
    this.name = name;
    this.formed = formed;
    this.basePort = basePort;
    this.nodes =
        IntStream.range(0, nodes)
            .mapToObj(
                i ->
                    new LocalNode(
                        "node" + (i + 1), basePort + NODE_PORTS * i, dir.resolve("node" + (i + 1))))
            .toList();
  }

  /** The cluster that {@code dir} remembers. */
  static LocalCluster open(Path dir) {
    return find(dir)
        .orElseThrow(
            () ->
                new CommandFailure(
                    Exit.NOT_FOUND,
                    "%s holds no cluster: start one with 'cairn cluster start --dir %s'"
                        .formatted(dir, dir)));
  }

  /** The cluster that {@code dir} remembers, if it does. */
  static Optional<LocalCluster> find(Path dir) {
    Path file = dir.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode root = new ObjectMapper().readTree(file.toFile());
      int format = root.path("format").asInt();
      if (format != FORMAT) {
        throw new CommandFailure(
            Exit.FAILED,
            "%s is of format %d, this version reads %d".formatted(file, format, FORMAT));
      }
      String name = root.path("cluster").asText();
      int nodes = root.path("nodes").asInt();
      int basePort = root.path("basePort").asInt();
      if (name.isEmpty() || nodes < 1 || basePort < 1) {
        throw damaged(file, "a field is missing");
      }
      return Optional.of(
          new LocalCluster(
              dir.toAbsolutePath().normalize(),
              name,
              root.path("formed").asBoolean(),
              basePort,
              nodes));
    } catch (JsonProcessingException e) {
      throw damaged(file, e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CommandFailure damaged(Path file, String reason) {
    return new CommandFailure(Exit.FAILED, file + " is damaged: " + reason);
  }

  /**
   * A new cluster in {@code dir}, which must be empty but for the lock.
   *
   * @param basePort the first node's client port, 0 for the first range that is free
   */
  static LocalCluster create(Path dir, int nodes, int basePort) throws IOException {
    try (Stream<Path> entries = Files.list(dir)) {
      Optional<Path> foreign =
          entries.filter(path -> !path.endsWith(LocalClusterLock.FILE)).findFirst();
      if (foreign.isPresent()) {
        throw new CommandFailure(
            Exit.FAILED,
            "%s is in use by something else: it holds %s and no %s; give an empty folder"
                .formatted(dir, foreign.get().getFileName(), FILE));
      }
    }
    byte[] tag = new byte[4];
    new SecureRandom().nextBytes(tag);
    LocalCluster cluster =
        new LocalCluster(
            dir.toAbsolutePath().normalize(),
            "local-" + HexFormat.of().formatHex(tag),
            false,
            basePort == 0 ? freeBasePort(nodes) : basePort,
            nodes);
    cluster.save();
    return cluster;
  }

  private static int freeBasePort(int nodes) {
    for (int base = BASE_PORT_FIRST; base < BASE_PORT_LAST; base += BASE_PORT_STEP) {
      if (portsFrom(base, nodes).allMatch(LocalNode::isFree)) {
        return base;
      }
    }
    throw new CommandFailure(
        Exit.FAILED,
        "no free range of ports between %d and %d: give one with --base-port"
            .formatted(BASE_PORT_FIRST, BASE_PORT_LAST));
  }

  private static Stream<Integer> portsFrom(int base, int nodes) {
    return IntStream.range(0, nodes)
        .boxed()
        .flatMap(i -> IntStream.range(0, 3).mapToObj(k -> base + NODE_PORTS * i + k));
  }

  /** The highest port of a cluster. */
  static int lastPort(int basePort, int nodes) {
    return basePort + NODE_PORTS * (nodes - 1) + 2;
  }

  /** The same, remembered as formed: from now on an empty data folder is no new member. */
  LocalCluster remembersForming() throws IOException {
    LocalCluster later = new LocalCluster(dir, name, true, basePort, nodes.size());
    later.save();
    return later;
  }

  private void save() throws IOException {
    Fields fields =
        Fields.of()
            .put("format", FORMAT)
            .put("cluster", name)
            .put("formed", formed)
            .put("basePort", basePort)
            .put("nodes", nodes.size());
    Path fresh = dir.resolve(FILE + ".new");
    Files.writeString(fresh, Output.json(fields) + "\n");
    Files.move(
        fresh,
        dir.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Starts one node. */
  ProcessHandle start(LocalNode node, List<String> furtherSettings) throws IOException {
    List<String> settings = new ArrayList<>();
    settings.add("--cluster=" + name);
    settings.add("--node=" + node.name());
    settings.add("--data-dir=" + node.data());
    settings.add(
        "--members=" + nodes.stream().map(LocalNode::member).collect(Collectors.joining(",")));
    // I9: forming is done once; a node that has lost its folder afterwards waits to be added.
    settings.add("--initial-cluster-state=" + (formed ? "existing" : "new"));
    settings.addAll(furtherSettings);
    return node.start(settings);
  }

  /** Its folder. */
  Path dir() {
    return dir;
  }

  /** The cluster's name. */
  String name() {
    return name;
  }

  /** The first node's client port. */
  int basePort() {
    return basePort;
  }

  /** True if it has served. */
  boolean isFormed() {
    return formed;
  }

  /** Its nodes. */
  List<LocalNode> nodes() {
    return nodes;
  }

  /** Where clients reach it. */
  String endpoints() {
    return nodes.stream().map(LocalNode::clientAddress).collect(Collectors.joining(","));
  }
}
