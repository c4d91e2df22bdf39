package io.cairn.chaos.cluster;

import io.cairn.chaos.cluster.Impairment.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Nodes on loopback, with a proxy for each of them towards each other. All are listed as {@code
 * localhost} with ports of their own. Each JVM has its own idea of what localhost is: an address
 * where its node listens, and where proxies stand on the ports of the others. So a proxy knows
 * whose connections it carries. On 127.0.0.1 proxies without trouble stand for clients.
 */
final class LoopbackNetwork implements Network {
  private static final int PORT_FIRST = 17_400;
  private static final int PORT_LAST = 31_000;

  /** A node that is replaced again and again takes a raft port further on each time. */
  private static final int NODE_PORTS = 100;

  private static final int NODES_MAX = 30;
  private static final int CLIENT = 0;
  private static final int RAFT = 1;
  private static final int HTTP = 2;
  private static final String HARNESS = "127.0.0.1";

  private final Path folder;
  private final String prefix;
  private final Map<String, NodeAddress> addresses = new LinkedHashMap<>();
  private final Map<Door, LinkProxy> doors = new LinkedHashMap<>();

  /** A proxy's place: whose connections, to which port of whom. */
  private record Door(String from, String to, int port) {}

  LoopbackNetwork(Path folder) {
    this.folder = Folders.make(folder);
    int net = 64 + ThreadLocalRandom.current().nextInt(180);
    this.prefix = "127." + net + ".0.";
  }

  private static int freeBasePort() {
    int steps = (PORT_LAST - PORT_FIRST) / NODE_PORTS;
    int start = ThreadLocalRandom.current().nextInt(steps);
    for (int i = 0; i < steps; i++) {
      int base = PORT_FIRST + (start + i) % steps * NODE_PORTS;
      if (IntStream.range(0, NODE_PORTS).allMatch(offset -> isFree(base + offset))) {
        return base;
      }
    }
    throw new ClusterFailure("no free ports between 17400 and 31000", null);
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

  @Override
  public NodeAddress attach(String node) {
    int ordinal = addresses.size();
    if (ordinal >= NODES_MAX) {
      throw new ClusterFailure("no more than " + NODES_MAX + " nodes have room on loopback", null);
    }
    int base = freeBasePort();
    String host = prefix + (10 + ordinal);
    NodeAddress mine = new NodeAddress("localhost", host, base + RAFT, base + CLIENT, base + HTTP);
    try {
      Files.writeString(hosts(node), host + " localhost\n");
    } catch (IOException e) {
      throw new ClusterFailure("cannot write " + hosts(node), e);
    }
    Map<String, NodeAddress> before = new LinkedHashMap<>(addresses);
    addresses.put(node, mine);
    before.forEach(
        (other, theirs) -> {
          open(node, mine.host(), other, theirs);
          open(other, theirs.host(), node, mine);
        });
    open("", HARNESS, node, mine);
    return mine;
  }

  private void open(String from, String fromHost, String to, NodeAddress target) {
    for (int port : new int[] {target.raftPort(), target.clientPort(), target.httpPort()}) {
      doors.computeIfAbsent(
          new Door(from, to, port), door -> LinkProxy.open(fromHost, port, target.host(), port));
    }
  }

  @Override
  public NodeAddress move(String node, int raftPort) {
    NodeAddress moved = address(node).withRaftPort(raftPort);
    addresses.put(node, moved);
    addresses.forEach(
        (other, theirs) -> {
          if (!other.equals(node)) {
            open(other, theirs.host(), node, moved);
          }
        });
    return moved;
  }

  private NodeAddress address(String node) {
    NodeAddress address = addresses.get(node);
    if (address == null) {
      throw new ClusterFailure("there is no node '" + node + "'", null);
    }
    return address;
  }

  private Path hosts(String node) {
    return folder.resolve(node + ".hosts");
  }

  @Override
  public List<String> at(String node) {
    return List.of();
  }

  @Override
  public List<String> jvmOptions(String node) {
    return List.of("-Djdk.net.hosts.file=" + hosts(node), "-Djava.net.preferIPv4Stack=true");
  }

  @Override
  public boolean supports(Kind kind) {
    return kind != Kind.LARGE;
  }

  @Override
  public void impair(String from, String to, Impairment impairment) {
    if (!supports(impairment.kind())) {
      throw new ClusterFailure(impairment.kind() + " is not possible on loopback", null);
    }
    doors.forEach(
        (door, proxy) -> {
          boolean there = door.from().equals(from) && door.to().equals(to);
          // A follower sends all that it sends on connections of others.
          boolean back = door.from().equals(to) && door.to().equals(from);
          if (there || (back && impairment.kind() == Kind.RATE)) {
            proxy.impair(impairment);
          }
        });
  }

  @Override
  public Map<String, Long> heal() {
    Map<String, Long> seen = new LinkedHashMap<>();
    for (LinkProxy proxy : doors.values()) {
      proxy.heal();
      proxy.drain(seen);
    }
    return seen;
  }

  @Override
  public void close() {
    doors.values().forEach(LinkProxy::close);
    doors.clear();
  }
}
