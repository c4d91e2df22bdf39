package io.cairn.bench.peers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Daemon;
import io.cairn.bench.nodes.DaemonGroup;
import io.cairn.bench.nodes.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * ZooKeeper, three servers, from the jar on this class path. Memory is the only setting that is not
 * a default: it keeps all values in it.
 */
final class ZooKeeperStore extends PeerStore {
  private static final String HOST = "127.0.0.1";
  private static final int PORTS_PER_SERVER = 3;
  private static final int SOCKET_MILLIS_MAX = 1_000;

  private final List<Integer> ports;

  private ZooKeeperStore(DaemonGroup group, List<Integer> ports) {
    super(group);
    this.ports = ports;
  }

  static ZooKeeperStore start(Path folder, int servers) {
    int port = Ports.freeRange(PORTS_PER_SERVER * servers);
    List<Integer> clients = new ArrayList<>();
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < servers; i++) {
      int first = port + PORTS_PER_SERVER * i;
      clients.add(first);
      members.append("server.%d=%s:%d:%d\n".formatted(i + 1, HOST, first + 1, first + 2));
    }
    DaemonGroup group = new DaemonGroup(folder);
    try {
      for (int i = 0; i < servers; i++) {
        String name = "zookeeper" + (i + 1);
        Path place = Files.createDirectories(folder.resolve(name));
        Files.writeString(place.resolve("myid"), Integer.toString(i + 1));
        Path settings =
            Files.writeString(
                folder.resolve(name + ".cfg"),
                """
                tickTime=2000
                initLimit=10
                syncLimit=5
                dataDir=%s
                clientPort=%d
                clientPortAddress=%s
                admin.enableServer=false
                %s"""
                    .formatted(place, clients.get(i), HOST, members));
        int client = clients.get(i);
        group.start(name, () -> server(settings), () -> !mode(client).isEmpty());
      }
      return new ZooKeeperStore(group, clients);
    } catch (IOException e) {
      group.close();
      throw new BenchFailure("cannot write ZooKeeper's settings: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      group.close();
      throw e;
    }
  }

  private static ProcessBuilder server(Path settings) {
    return new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx3g",
        "-XX:-UsePerfData",
        "-Djava.io.tmpdir=" + settings.getParent(), // a library unpacks itself there
        "-cp",
        System.getProperty("java.class.path"),
        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
        settings.toString());
  }

  /** "leader" or "follower"; empty while it does not serve. */
  private static String mode(int port) {
    return line(port, "Mode: ");
  }

  private static String line(int port, String name) {
    return said(port)
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElse("");
  }

  private static String said(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SOCKET_MILLIS_MAX);
      socket.setSoTimeout(SOCKET_MILLIS_MAX);
      socket.getOutputStream().write("srvr".getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public StoreKind kind() {
    return StoreKind.ZOOKEEPER;
  }

  @Override
  public String version() {
    return line(ports.get(0), "Zookeeper version: ").replaceAll("-.*", "");
  }

  @Override
  public String setup() {
    return ports.size() + " servers, its own client, -Xmx3g";
  }

  @Override
  public StoreClient connect() {
    return new ZooKeeperClient(
        ports.stream().map(port -> HOST + ":" + port).collect(Collectors.joining(",")));
  }

  @Override
  public Optional<Daemon> leader() {
    for (int i = 0; i < ports.size(); i++) {
      if (mode(ports.get(i)).equals("leader")) {
        return Optional.of(servers().get(i));
      }
    }
    return Optional.empty();
  }
}
