package io.cairn.server;

import io.cairn.server.group.StoreGroup;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.ServerMetrics;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** One server: the place where everything is put together, started and stopped. */
public final class CairnServer implements AutoCloseable {
  private final ServerConfig config;
  private final EventLog log = new EventLog();
  private final ServerMetrics metrics = new ServerMetrics();
  private final HostedGroup hosted;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Opens storage and wires the parts; nothing is on the network yet.
   *
   * @throws StartRefusedException when a person has to mend something
   */
  public CairnServer(ServerConfig config, GroupFactory factory) {
    this.config = config;
    this.hosted = factory.open(config, log, metrics);
  }

  /**
   * Opens the ports and goes to work.
   *
   * @throws StartRefusedException when a port is in use, or the group refuses
   */
  public void start() {
    hosted.start();
    log.log(LogEvent.STARTED, "node", config.node());
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
      return;
    }
    hosted.close();
    metrics.close();
    closed.countDown();
  }
}
