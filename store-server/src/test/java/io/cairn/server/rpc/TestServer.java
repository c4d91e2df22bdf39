package io.cairn.server.rpc;

import io.cairn.core.engine.Queries;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.ServerMetrics;
import io.cairn.server.ops.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** A client plane over a {@link LocalGroup}, on a free port. */
final class TestServer implements AutoCloseable {
  final LocalGroup group;
  final ServerMetrics metrics = new ServerMetrics();
  final RpcServer rpc;

  TestServer(Path folder) throws IOException {
    this(folder, 1_024, 16_384);
  }

  TestServer(Path folder, int inFlightMax, int admissionMax) throws IOException {
    group = new LocalGroup(folder);
    RpcSettings settings =
        new RpcSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            inFlightMax,
            new RpcSettings.AdmissionBounds(admissionMax, 64L << 20),
            100,
            2);
    rpc =
        new RpcServer(
            settings,
            new ServerIdentity("c1", "n1", "test", List.of("127.0.0.1:1"), false),
            group,
            Queries::run,
            new Telemetry(new EventLog(), metrics));
    rpc.start();
  }

  int port() {
    return rpc.port();
  }

  @Override
  public void close() {
    rpc.close();
    group.close();
    metrics.close();
  }
}
