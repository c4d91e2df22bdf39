package io.cairn.server.raft;

import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.PingRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.AppendEntriesRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.GetFileRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.InstallSnapshotRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.ReadIndexRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.RequestVoteRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.TimeoutNowRequestProcessor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The raft port: bound to one address, answering the seven requests of the Raft protocol and
 * nothing else. No CLI request has a processor: membership changes go through the client port,
 * where they are authenticated.
 */
final class RaftPort implements AutoCloseable {
  // A snapshot install holds its thread for the whole download; votes must find another one.
  private static final int THREADS = 6;
  private static final int QUEUE_SIZE = 256;

  private final RaftPeer address;
  private final ConnectionLimits limits;
  private final ThreadPoolExecutor executor;
  private final RpcServer server;
  private final AppendEntriesRequestProcessor appends;

  /**
   * @param connections hears on a network thread of each connection to this port, and of its end;
   *     must not block
   */
  RaftPort(RaftPeer address, RequestGate gate, Consumer<ConnectionLimits.Change> connections) {
    this.address = address;
    this.limits = new ConnectionLimits(connections);
    AtomicInteger count = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(QUEUE_SIZE),
            task -> daemon(task, "raft-port-" + address.port() + "-" + count.incrementAndGet()));
    executor.allowCoreThreadTimeOut(true);
    this.appends = new AppendEntriesRequestProcessor(executor);
    this.server = HardenedRpcFactory.server(address.toPeerId().getEndpoint(), limits);
    register(gate);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void register(RequestGate gate) {
    // Not registered as a listener for closed connections, as JRaft does: on a close it waits for
    // the sender's thread with a
    // lock held that this very thread may need, up to 15 s, and a new leader's first message waits
    // on the same lock. So a
    // leader killed under load cost 16 s. Its state per sender is kept instead; the gate bounds the
    // senders.
    register(appends, AppendEntriesRequest::getServerId, gate);
    register(
        new InstallSnapshotRequestProcessor(executor), InstallSnapshotRequest::getServerId, gate);
    register(new RequestVoteRequestProcessor(executor), RequestVoteRequest::getServerId, gate);
    register(new TimeoutNowRequestProcessor(executor), TimeoutNowRequest::getServerId, gate);
    register(new ReadIndexRequestProcessor(executor), ReadIndexRequest::getServerId, gate);
    register(new GetFileRequestProcessor(executor), request -> "", gate);
    register(new PingRequestProcessor(executor), request -> "", gate);
  }

  private <T extends Message> void register(
      RpcProcessor<T> processor, Function<T, String> sender, RequestGate gate) {
    server.registerProcessor(new GatedProcessor<>(processor, sender, gate));
  }

  /** Binds the port. */
  void open() throws IOException {
    try {
      if (server.init(null)) {
        return;
      }
    } catch (RuntimeException e) {
      throw new IOException(
          "cannot listen for raft on "
              + address.host()
              + ":"
              + address.port()
              + ": "
              + rootMessage(e),
          e);
    }
    throw new IOException("cannot listen for raft on " + address.host() + ":" + address.port());
  }

  private static String rootMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  RpcServer server() {
    return server;
  }

  ConnectionLimits limits() {
    return limits;
  }

  @Override
  public void close() {
    if (server.isStarted()) { // Bolt shuts itself down when it cannot bind
      server.shutdown();
    }
    limits.closeAll();
    executor.shutdown();
  }

  /** Ends the threads that JRaft keeps for senders. When the node is down: it waits for them. */
  void endSenders() {
    appends.destroy();
  }
}
