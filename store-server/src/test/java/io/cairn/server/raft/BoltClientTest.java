package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.option.CliOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.PingRequestProcessor;
import com.alipay.sofa.jraft.util.Endpoint;
import io.netty.channel.DefaultEventLoop;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call ends with an answer, by its timeout, or with its connection. */
@Timeout(60)
class BoltClientTest {
  private static final int LONG_MILLIS = 50_000;

  private RpcClient client;

  @BeforeEach
  void start() {
    client = new HardenedRpcFactory().createRpcClient(null);
    client.init(new CliOptions());
  }

  @AfterEach
  void stop() {
    client.shutdown();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .as("Bolt's wheel, which begins with the first timeout that it is given")
        .noneMatch(name -> name.startsWith("DefaultTimer"));
  }

  @Test
  void callIsAnswered() throws Exception {
    RaftPeer peer = RaftCluster.freePeer();
    Endpoint endpoint = new Endpoint(peer.host(), peer.port());
    RpcServer server = HardenedRpcFactory.server(endpoint, new ConnectionLimits());
    server.registerProcessor(new PingRequestProcessor(Runnable::run));
    assertThat(server.init(null)).isTrue();
    try {
      assertThat(call(endpoint, LONG_MILLIS).get()).isNotNull();
    } finally {
      server.shutdown();
    }
  }

  @Test
  void callWithoutAnswerTimesOut() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(call(new Endpoint("127.0.0.1", silent.getLocalPort()), 50), "Timeout");
    }
  }

  @Test
  void callEndsWithItsConnection() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var call = call(new Endpoint("127.0.0.1", other.getLocalPort()), LONG_MILLIS);
      try (Socket socket = other.accept()) {
        assertThat(socket.getInputStream().read()).isNotNegative();
      }
      assertFails(call, "Clos");
    }
  }

  @Test
  void cancelledTimeoutDoesNotRun() throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    CountDownLatch ran = new CountDownLatch(1);
    try {
      LoopTimeout late = new LoopTimeout(loop, 1, ran::countDown);
      ran.await();
      loop.submit(() -> {}).get();
      assertThat(late.isExpired()).isTrue();
      assertThat(late.isCancelled()).isFalse();
      LoopTimeout never = new LoopTimeout(loop, LONG_MILLIS, Assertions::fail);
      assertThat(never.isExpired()).isFalse();
      assertThat(never.cancel()).isTrue();
      assertThat(never.isCancelled()).isTrue();
      assertThat(never.isExpired()).isFalse();
    } finally {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }
  }

  private static void assertFails(CompletableFuture<Object> call, String how) {
    Throwable failure =
        Assertions.catchThrowableOfType(ExecutionException.class, call::get).getCause();
    assertThat(failure.getClass().getSimpleName() + " " + failure).contains(how);
  }

  private CompletableFuture<Object> call(Endpoint endpoint, int timeoutMillis) throws Exception {
    CompletableFuture<Object> ended = new CompletableFuture<>();
    PingRequest ping = PingRequest.newBuilder().setSendTimestamp(1).build();
    client.invokeAsync(
        endpoint,
        ping,
        null,
        new InvokeCallback() {
          @Override
          public void complete(Object result, Throwable failure) {
            if (failure == null) {
              ended.complete(result);
            } else {
              ended.completeExceptionally(failure);
            }
          }

          @Override
          public Executor executor() {
            return Runnable::run;
          }
        },
        timeoutMillis);
    return ended;
  }
}
