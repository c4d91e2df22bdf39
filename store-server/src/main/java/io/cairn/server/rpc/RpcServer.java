package io.cairn.server.rpc;

import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Lane;
import io.cairn.protocol.v1.StatusResponse;
import io.cairn.server.group.StoreGroup;
import io.cairn.server.ops.ServerMetrics;
import io.cairn.server.ops.Telemetry;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The client plane of one server: the port, its services, and all their threads. */
public final class RpcServer implements AutoCloseable {
  private static final int HEADER_BYTES_MAX = 8 * 1024;
  private static final int CALLS_PER_CONNECTION_MAX = 32;
  private static final int STREAMS_PER_CONNECTION = 2;
  private static final int FLOW_WINDOW_BYTES = 1024 * 1024;
  private static final long PROGRESS_MILLIS = 10_000;
  private static final long CLOSE_MILLIS = 2_000;

  private final RpcThreads threads;
  private final StoreEndpoint endpoint;
  private final AdminEndpoint admin;
  private final Server server;

  /** Wires the plane; nothing listens yet. Registers itself with the group. */
  public RpcServer(
      RpcSettings settings,
      ServerIdentity identity,
      StoreGroup group,
      QueryRunner queries,
      Telemetry telemetry) {
    threads = new RpcThreads(settings.queryThreads());
    Admission admission =
        new Admission(settings.admission().requestsMax(), settings.admission().bytesMax());
    endpoint =
        new StoreEndpoint(
            new StoreEndpoint.Shared(
                identity,
                admission,
                settings.requestsInFlightMax(),
                settings.connectionsMax() * STREAMS_PER_CONNECTION,
                threads.answers(),
                threads.timer()),
            telemetry);
    WatchHub watches = new WatchHub(group, threads.watches(), telemetry, endpoint::leaderChanged);
    QueryDesk desk = new QueryDesk(group, queries, threads.queries(), telemetry);
    endpoint.serve(new GroupDesk(group, desk, watches));
    admin = new AdminEndpoint(group, identity, telemetry);
    group.listen(watches);
    server = build(settings);
    gauges(telemetry.metrics(), admission, watches);
    threads.every(PROGRESS_MILLIS, watches::progress, telemetry);
  }

  /**
   * Opens the port.
   *
   * @throws IOException with the reason when it cannot be had
   */
  public void start() throws IOException {
    server.start();
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** What the admin service says of this server. */
  public StatusResponse status() {
    return admin.status();
  }

  /** From now on new requests are answered SHUTTING_DOWN; open ones go on. */
  public void refuseNew() {
    endpoint.refuseNew();
  }

  /** Waits until no request is open, for at most {@code millis}; true if none is. */
  public boolean drain(long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!endpoint.isDrained() && System.nanoTime() - deadline < 0) {
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
    return endpoint.isDrained();
  }

  /** Ends all streams, closes the port, ends the threads. Idempotent. */
  @Override
  public void close() {
    endpoint.refuseNew();
    endpoint.endStreams();
    server.shutdown();
    try {
      if (!server.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow().awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    threads.close(CLOSE_MILLIS);
  }

  /**
   * Cuts all connections at once: what was not sent is lost, and nobody is told. For fault tests.
   */
  public void crash() {
    endpoint.refuseNew();
    server.shutdownNow();
    threads.close(CLOSE_MILLIS);
  }

  /**
   * Holds the port as if the process had been stopped by a signal: connections stay, nothing is
   * taken in and nothing goes out, until the result is closed. For fault tests.
   */
  public Frozen freeze() {
    return threads.freeze();
  }

  /** A client plane that is held still. */
  public interface Frozen extends AutoCloseable {
    /** Goes on where it stood. Idempotent. */
    @Override
    void close();
  }

  private Server build(RpcSettings settings) {
    return NettyServerBuilder.forAddress(settings.address())
        .bossEventLoopGroup(threads.acceptor())
        .workerEventLoopGroup(threads.network())
        .channelFactory(() -> new BoundedAcceptor(settings.connectionsMax()))
        .directExecutor()
        .maxInboundMessageSize(Limits.FRAME_BYTES_MAX)
        .maxInboundMetadataSize(HEADER_BYTES_MAX)
        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
        .flowControlWindow(FLOW_WINDOW_BYTES)
        .permitKeepAliveTime(1, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .addStreamTracerFactory(new StreamEnd.Factory())
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .addService(endpoint)
        .addService(admin)
        .build();
  }

  private void gauges(ServerMetrics metrics, Admission admission, WatchHub watches) {
    metrics.gauge("cairn_streams", "Client streams", endpoint, StoreEndpoint::streamCount);
    metrics.gauge("cairn_watches", "Watches and wishes for task events", watches, WatchHub::size);
    metrics.gauge(
        "cairn_requests_waiting", "Unanswered requests", admission, a -> a.requests(Lane.WORK));
    metrics.gauge(
        "cairn_requests_waiting_bytes",
        "Bytes of unanswered requests",
        admission,
        a -> a.bytes(Lane.WORK));
    metrics.gauge(
        "cairn_heartbeats_waiting",
        "Unanswered heartbeats",
        admission,
        a -> a.requests(Lane.HEARTBEAT));
  }
}
