package io.cairn.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Ports of loopback on which nobody listens just now. */
public final class FreePorts {
  /** Below those that the system gives to outgoing connections. */
  private static final int LOWEST = 20_000;

  private static final int COUNT = 12_000;

  private FreePorts() {}

  /** One port, as the system gives it. */
  public static int one() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The first of so many in a row. By chance, so that two who ask do not get the same. */
  public static int row(int length) {
    return IntStream.generate(() -> LOWEST + ThreadLocalRandom.current().nextInt(COUNT - length))
        .limit(100)
        .filter(first -> IntStream.range(first, first + length).allMatch(FreePorts::isFree))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + length + " free ports in a row"));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
