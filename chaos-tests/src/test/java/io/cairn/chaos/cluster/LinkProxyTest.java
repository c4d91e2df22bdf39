package io.cairn.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.chaos.cluster.Impairment.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkProxyTest {
  private static final int PATIENCE_MILLIS = 10_000;

  private ServerSocket server = null;
  private LinkProxy proxy = null;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    server.setSoTimeout(PATIENCE_MILLIS);
    proxy = LinkProxy.open("127.0.0.1", 0, "127.0.0.1", server.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    server.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  @Test
  void carriesBothWays() throws IOException {
    try (Socket near = connect();
        Socket far = server.accept()) {
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);
      far.getOutputStream().write(2);
      assertThat(near.getInputStream().read()).isEqualTo(2);
      far.shutdownOutput();
      assertThat(near.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void heldBytesArriveWhenTheLinkHeals() throws IOException {
    try (Socket near = connect();
        Socket far = server.accept()) {
      proxy.impair(Impairment.of(Kind.DROP));
      near.getOutputStream().write(1);
      far.setSoTimeout(200);
      assertThatThrownBy(() -> far.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      proxy.heal();
      far.setSoTimeout(PATIENCE_MILLIS);
      assertThat(far.getInputStream().read()).isEqualTo(1);
      TreeMap<String, Long> seen = new TreeMap<>();
      proxy.drain(seen);
      assertThat(seen).containsEntry("held-reads", 1L);
    }
  }

  @Test
  void resetEndsConnectionsAndRefusesNewOnes() throws IOException {
    try (Socket near = connect();
        Socket far = server.accept()) {
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);
      proxy.impair(Impairment.of(Kind.RESET));
      assertThatThrownBy(() -> near.getInputStream().read()).isInstanceOf(IOException.class);
      try (Socket another = connect()) {
        assertThatThrownBy(() -> another.getInputStream().read()).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void delayIsFelt() throws IOException {
    try (Socket near = connect();
        Socket far = server.accept()) {
      proxy.impair(new Impairment(Kind.DELAY, 100));
      long beforeNanos = System.nanoTime();
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);
      assertThat(System.nanoTime() - beforeNanos).isGreaterThan(70_000_000);
    }
  }
}
