package io.cairn.bench.peers;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Daemon;
import io.cairn.bench.nodes.DaemonGroup;
import io.cairn.bench.nodes.HttpAnswer;
import io.cairn.bench.nodes.Ports;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.maintenance.StatusResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** etcd, three servers, as it is delivered; only its quota is raised, so that a run fits in. */
final class EtcdStore extends PeerStore {
  private static final String HOST = "http://127.0.0.1:";
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/bin/etcd"), Path.of("/usr/local/bin/etcd"));
  private static final long QUOTA_BYTES = 8L << 30;
  private static final int STATUS_SECONDS_MAX = 5;

  private final List<String> endpoints;
  private final String version;

  private EtcdStore(DaemonGroup group, List<String> endpoints) {
    super(group);
    this.endpoints = endpoints;
    this.version = status(endpoints.get(0)).getVersion();
  }

  /** The program, if it is installed. */
  static Optional<Path> program() {
    return PROGRAMS.stream().filter(Files::isExecutable).findFirst();
  }

  static EtcdStore start(Path folder, int servers) {
    Path program = program().orElseThrow(() -> new BenchFailure("etcd is not installed"));
    int port = Ports.freeRange(2 * servers);
    List<String> clients = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      clients.add(HOST + (port + 2 * i));
      names.add("etcd%d=%s%d".formatted(i + 1, HOST, port + 2 * i + 1));
    }
    DaemonGroup group = new DaemonGroup(folder);
    try {
      for (int i = 0; i < servers; i++) {
        String name = "etcd" + (i + 1);
        String client = clients.get(i);
        String peer = HOST + (port + 2 * i + 1);
        List<String> command =
            List.of(
                program.toString(),
                "--name=" + name,
                "--data-dir=" + folder.resolve(name),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=" + names.stream().collect(Collectors.joining(",")),
                "--initial-cluster-token=cairn-bench",
                "--quota-backend-bytes=" + QUOTA_BYTES,
                "--logger=zap",
                "--log-level=error");
        group.start(name, () -> clean(command), () -> HttpAnswer.isOk(client + "/health"));
      }
      return new EtcdStore(group, clients);
    } catch (RuntimeException e) {
      group.close();
      throw e;
    }
  }

  /** Settings of the caller's own etcd must not reach these. */
  private static ProcessBuilder clean(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
    return builder;
  }

  private StatusResponse status(String endpoint) {
    try (Client client = Client.builder().endpoints(endpoint).build()) {
      return client
          .getMaintenanceClient()
          .statusMember(endpoint)
          .get(STATUS_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new BenchFailure("etcd does not say how it is: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  @Override
  public StoreKind kind() {
    return StoreKind.ETCD;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public String setup() {
    return endpoints.size() + " servers, jetcd 0.8.7, quota 8 GiB";
  }

  @Override
  public StoreClient connect() {
    return new EtcdClient(endpoints);
  }

  @Override
  public Optional<Daemon> leader() {
    for (int i = 0; i < endpoints.size(); i++) {
      try {
        StatusResponse status = status(endpoints.get(i));
        if (status.getLeader() == status.getHeader().getMemberId()) {
          return Optional.of(servers().get(i));
        }
      } catch (BenchFailure silent) {
        // another one may say that it leads
      }
    }
    return Optional.empty();
  }
}
