package io.cairn.server;

import io.cairn.core.engine.Queries;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.server.group.Reply;
import io.cairn.server.group.StoreGroup;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.HttpServerOps;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.Readiness;
import io.cairn.server.ops.ServerMetrics;
import io.cairn.server.ops.Telemetry;
import io.cairn.server.rpc.RpcServer;
import io.cairn.server.rpc.RpcSettings;
import io.cairn.server.rpc.ServerIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One server: the place where everything is put together, started and stopped. */
public final class CairnServer implements AutoCloseable {
  private final ServerConfig config;
  private final EventLog log = new EventLog();
  private final ServerMetrics metrics = new ServerMetrics();
  private final HostedGroup hosted;
  private final Readiness readiness;
  private final RpcServer rpc;
  private final HttpServerOps http;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Opens storage and wires the parts; nothing is on the network yet.
   *
   * @throws StartRefusedException when a person has to mend something
   */
  public CairnServer(ServerConfig config, GroupFactory factory) {
    this.config = config;
    Telemetry telemetry = new Telemetry(log, metrics);
    hosted = factory.open(config, log, metrics);
    StoreGroup group = hosted.group();
    StatusSnapshot status = new StatusSnapshot(group::status);
    readiness = new Readiness(status::get);
    rpc = new RpcServer(rpcSettings(config), identity(config), group, Queries::run, telemetry);
    http =
        new HttpServerOps(
            new InetSocketAddress(config.bindAddress(), config.httpPort()),
            rpc::status,
            readiness,
            metrics);
    gauges(status);
  }

  /**
   * Opens the ports and goes to work.
   *
   * @throws StartRefusedException when a port is in use, or the group refuses
   */
  public void start() {
    // The ports first: a server whose port is taken should not disturb the group.
    open("http-port", config.httpPort(), http::start);
    open("client-port", config.clientPort(), rpc::start);
    hosted.start();
    if (config.servesInsecurely()) {
      log.log(
          LogEvent.INSECURE,
          "bind",
          config.bindAddress().getHostAddress(),
          "warning",
          "anybody who reaches this address can read and change everything: there is no TLS and no"
              + " authentication");
    }
    log.log(
        LogEvent.STARTED,
        "cluster",
        config.cluster(),
        "node",
        config.node(),
        "bind",
        config.bindAddress().getHostAddress(),
        "clientPort",
        config.clientPort(),
        "raftPort",
        config.raftPort(),
        "httpPort",
        config.httpPort());
  }

  /** The group it serves. */
  public StoreGroup group() {
    return hosted.group();
  }

  /** Its settings. */
  public ServerConfig config() {
    return config;
  }

  /** Returns when {@link #close} has ended. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /**
   * Stops gracefully: refuses new requests, hands over leadership, lets open requests end, stops
   * the group, closes storage. Idempotent; a second caller waits for the first.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      awaitOtherCloser();
      return;
    }
    long begunNanos = System.nanoTime();
    int drainMillis = config.number(Setting.DRAIN_MS);
    log.log(LogEvent.STOPPING, "node", config.node(), "drainMs", drainMillis);
    try {
      readiness.stop();
      // Leadership goes first, while requests still flow: those that come now learn the new leader.
      handOver(drainMillis);
      rpc.refuseNew();
      boolean drained = rpc.drain(Math.max(0, drainMillis - millisSince(begunNanos)));
      rpc.close();
      hosted.close();
      http.close();
      metrics.close();
      log.log(
          LogEvent.STOPPED,
          "node",
          config.node(),
          "drained",
          drained,
          "ms",
          millisSince(begunNanos));
    } finally {
      closed.countDown();
    }
  }

  /**
   * Stops as near to a crash as one process allows: connections are cut, nobody is told, nothing is
   * handed over, and what was not yet on disk is lost. Ports, threads and the data folder are free
   * on return. For fault tests.
   */
  public void crash() {
    if (!closing.compareAndSet(false, true)) {
      awaitOtherCloser();
      return;
    }
    try {
      readiness.stop();
      rpc.crash();
      hosted.crash();
      http.close();
      metrics.close();
    } finally {
      closed.countDown();
    }
  }

  /** Holds the client port still until the result is closed. For fault tests. */
  public RpcServer.Frozen freezeClients() {
    return rpc.freeze();
  }

  private void awaitOtherCloser() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void handOver(int millisMax) {
    StoreGroup group = hosted.group();
    if (millisMax == 0 || !group.isLeader() || group.status().getVotersCount() < 2) {
      return;
    }
    CountDownLatch answered = new CountDownLatch(1);
    group.transferLeadership(
        "",
        new Reply<LeaderHint>() {
          @Override
          public void done(LeaderHint leader) {
            answered.countDown();
          }

          @Override
          public void failed(Failure failure) {
            answered.countDown();
          }
        });
    try {
      // On a timeout the others elect one of them when this node falls silent.
      boolean inTime = answered.await(millisMax, TimeUnit.MILLISECONDS);
      assert inTime || millisMax > 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Opening a port. */
  private interface Opening {
    void run() throws IOException;
  }

  private void open(String setting, int port, Opening opening) {
    try {
      opening.run();
    } catch (IOException e) {
      Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
      throw new StartRefusedException(
          "%s %s:%d cannot be opened, is it in use? (%s)"
              .formatted(setting, config.bindAddress().getHostAddress(), port, cause.getMessage()),
          e);
    }
  }

  private static RpcSettings rpcSettings(ServerConfig config) {
    return new RpcSettings(
        new InetSocketAddress(config.bindAddress(), config.clientPort()),
        config.number(Setting.REQUESTS_IN_FLIGHT_MAX),
        new RpcSettings.AdmissionBounds(
            config.number(Setting.ADMISSION_REQUESTS_MAX),
            config.bytes(Setting.ADMISSION_BYTES_MIB)),
        config.number(Setting.CONNECTIONS_MAX),
        config.number(Setting.QUERY_THREADS));
  }

  private static ServerIdentity identity(ServerConfig config) {
    return new ServerIdentity(
        config.cluster(),
        config.node(),
        version(),
        config.members().stream().map(MemberAddress::clientAddress).toList(),
        config.servesInsecurely());
  }

  /** What the jar says; "dev" when run from classes. */
  static String version() {
    return Optional.ofNullable(CairnServer.class.getPackage().getImplementationVersion())
        .orElse("dev");
  }

  private void gauges(StatusSnapshot status) {
    metrics.gauge(
        "cairn_applied_index", "Index applied here", status, s -> s.get().getAppliedIndex());
    metrics.gauge(
        "cairn_committed_index",
        "Index known to be committed",
        status,
        s -> s.get().getCommittedIndex());
    metrics.gauge(
        "cairn_snapshot_index", "Index of the snapshot", status, s -> s.get().getSnapshotIndex());
    metrics.gauge("cairn_term", "Raft term", status, s -> s.get().getTerm());
    metrics.gauge("cairn_is_leader", "1 on the leader", status, s -> isLeader(s.get()) ? 1 : 0);
    metrics.gauge("cairn_revision", "Revision", status, s -> s.get().getRevision());
    metrics.gauge("cairn_keys", "Present keys", status, s -> s.get().getKeys());
    metrics.gauge("cairn_tasks", "Tasks", status, s -> s.get().getTasks());
    metrics.gauge("cairn_sessions", "Open sessions", status, s -> s.get().getSessions());
    metrics.gauge("cairn_leases", "Leases", status, s -> s.get().getLeases());
    metrics.gauge("cairn_database_bytes", "Bytes on disk", status, s -> s.get().getDatabaseBytes());
  }

  private static boolean isLeader(GroupStatus status) {
    return status.getRole().equals("LEADER");
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
