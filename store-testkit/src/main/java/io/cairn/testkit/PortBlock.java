package io.cairn.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Ports of one cluster on loopback, held for as long as it lives, so that a stopped node finds its
 * ports free when it comes back. A block lies below the range from which the system takes ports for
 * outgoing connections. Its first port stays bound as the sign that the block is taken, for
 * clusters of this process and of others.
 */
final class PortBlock implements AutoCloseable {
  private static final int LOWEST = 20_000;
  private static final int BLOCKS = 750;
  private static final int PORTS = 16;
  private static final int ATTEMPTS_MAX = 100;

  private final ServerSocket sign;

  private PortBlock(ServerSocket sign) {
    this.sign = sign;
  }

  /** Takes a block of which all ports are free. */
  static PortBlock take() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      int first = LOWEST + PORTS * ThreadLocalRandom.current().nextInt(BLOCKS);
      ServerSocket sign = bind(first);
      if (sign == null) {
        continue;
      }
      if (othersAreFree(first)) {
        return new PortBlock(sign);
      }
      sign.close();
    }
    throw new IOException(
        "no " + PORTS + " free ports in a row on loopback after " + ATTEMPTS_MAX + " attempts");
  }

  /**
   * The port of this number within the block.
   *
   * @param number from 0
   */
  int port(int number) {
    if (number < 0 || number >= PORTS - 1) {
      throw new IllegalArgumentException("port " + number + " of a block of " + (PORTS - 1));
    }
    return sign.getLocalPort() + 1 + number;
  }

  @Override
  public void close() throws IOException {
    sign.close();
  }

  private static boolean othersAreFree(int first) throws IOException {
    for (int port = first + 1; port < first + PORTS; port++) {
      ServerSocket probe = bind(port);
      if (probe == null) {
        return false;
      }
      probe.close();
    }
    return true;
  }

  private static @Nullable ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return socket;
    } catch (IOException taken) {
      socket.close();
      return null;
    }
  }
}
