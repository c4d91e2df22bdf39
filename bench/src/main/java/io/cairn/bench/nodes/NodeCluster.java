package io.cairn.bench.nodes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Servers on this machine in a folder of their own, which goes away with them, also when this
 * process is interrupted. For one thread.
 */
public final class NodeCluster implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  private static final int BASE_PORT_FIRST = 17_420;
  private static final int BASE_PORT_LAST = 32_000;
  private static final int BASE_PORT_STEP = 100;
  private static final int NODE_PORTS = 10;
  private static final long POLL_MILLIS = 5;
  private static final long READY_MILLIS_MAX = 120_000;

  private final Path folder;
  private final List<ServerNode> nodes;
  private final Thread hook = new Thread(this::clear, "cairn-bench-clear");
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
    Path place = claim(folder);
    int basePort = freeBasePort(count);
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

  private static Path claim(Optional<Path> wanted) {
    try {
      if (wanted.isEmpty()) {
        return Files.createTempDirectory("cairn-bench-");
      }
      Path folder = Files.createDirectories(wanted.get().toAbsolutePath());
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new BenchFailure(folder + " is in use: it is not empty; give an empty folder");
        }
      }
      return folder;
    } catch (IOException e) {
      throw new BenchFailure("cannot use the folder " + e.getMessage(), e);
    }
  }

  private static int freeBasePort(int count) {
    for (int base = BASE_PORT_FIRST; base < BASE_PORT_LAST; base += BASE_PORT_STEP) {
      int first = base;
      if (IntStream.range(0, count * NODE_PORTS).allMatch(i -> isFree(first + i))) {
        return base;
      }
    }
    throw new BenchFailure(
        "no free range of ports between " + BASE_PORT_FIRST + " and " + BASE_PORT_LAST);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
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

  /** Where clients reach them. */
  public String endpoints() {
    return nodes.stream().map(ServerNode::clientAddress).collect(Collectors.joining(","));
  }

  /** Starts one server, which must not run; it is not ready yet on return. */
  public void start(ServerNode node) {
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
    long deadlineNanos = System.nanoTime() + READY_MILLIS_MAX * 1_000_000;
    while (!node.isReady()) {
      if (!node.isAlive()) {
        throw new BenchFailure(node.name() + " has ended: " + node.lastWords());
      }
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new BenchFailure(
            "%s does not serve after %d ms: %s"
                .formatted(node.name(), READY_MILLIS_MAX, node.lastWords()));
      }
      Pause.millis(POLL_MILLIS);
    }
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
    nodes.forEach(ServerNode::kill);
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure)
                throws IOException {
              Files.delete(left);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new BenchFailure("cannot remove " + folder + ": " + e.getMessage(), e);
    }
  }
}
