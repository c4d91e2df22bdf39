package io.cairn.bench.nodes;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Servers on this machine in a folder of their own, which goes away with them, also when this
 * process is interrupted. For one thread.
 */
public final class NodeCluster implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  private static final int NODE_PORTS = 10;
  private static final long POLL_MILLIS = 5;
  private static final long READY_MILLIS_MAX = 120_000;

  private final Path folder;
  private final List<ServerNode> nodes;
  private final Thread hook = new Thread(this::clear, "cairn-bench-clear");
  private volatile boolean closed;
  private boolean formed;

  private NodeCluster(Path folder, List<ServerNode> nodes) {
    this.folder = folder;
    this.nodes = nodes;
  }

  /**
   * Starts servers and waits until all of them serve.
   *
   * @param folder a folder that is empty or absent; without, a temporary one
   */
  public static NodeCluster start(Path launcher, int count, Optional<Path> folder) {
    Path place = WorkFolder.claim(folder);
    int basePort = Ports.freeRange(count * NODE_PORTS);
    List<ServerNode> nodes =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    new ServerNode(
                        launcher,
                        "node" + (i + 1),
                        basePort + NODE_PORTS * i,
                        place.resolve("node" + (i + 1))))
            .toList();
    NodeCluster cluster = new NodeCluster(place, nodes);
    Runtime.getRuntime().addShutdownHook(cluster.hook);
    try {
      nodes.forEach(cluster::start);
      cluster.awaitReady();
      cluster.formed = true;
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** The servers. */
  public List<ServerNode> nodes() {
    return nodes;
  }

  /** The server of this name. */
  public ServerNode node(String name) {
    return nodes.stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new BenchFailure("there is no server '" + name + "'"));
  }

  /** The folder with all that the servers keep. */
  public Path folder() {
    return folder;
  }

  /** Where clients reach them. */
  public String endpoints() {
    return nodes.stream().map(ServerNode::clientAddress).collect(Collectors.joining(","));
  }

  /** Starts one server, which must not run; it is not ready yet on return. */
  public void start(ServerNode node) {
    if (closed) { // while the hook clears, the thread that measures goes on
      throw new BenchFailure("interrupted");
    }
    String members = nodes.stream().map(ServerNode::member).collect(Collectors.joining(","));
    node.start(
        List.of(
            "--cluster=bench",
            "--members=" + members,
            "--initial-cluster-state=" + (formed ? "existing" : "new")));
  }

  /** Waits until all servers serve. */
  public void awaitReady() {
    nodes.forEach(NodeCluster::awaitReady);
  }

  /** Waits until the server serves. */
  public static void awaitReady(ServerNode node) {
    node.daemon().awaitReady(node::isReady, POLL_MILLIS, System.nanoTime(), READY_MILLIS_MAX);
  }

  /** Ends the servers and removes their folder. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      return; // the hook runs, and does the same
    }
    clear();
  }

  private void clear() {
    closed = true;
    nodes.forEach(ServerNode::kill);
    WorkFolder.remove(folder);
  }
}
