package io.cairn.bench.nodes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;

/** Ports of loopback for servers. */
public final class Ports {
  private static final int FIRST = 17_420;
  private static final int LAST = 32_000;
  private static final int STEP = 100;

  private Ports() {}

  /** The first of {@code count} ports in a row that nobody listens at now. */
  public static int freeRange(int count) {
    for (int base = FIRST; base < LAST; base += STEP) {
      int first = base;
      if (IntStream.range(0, count).allMatch(i -> isFree(first + i))) {
        return base;
      }
    }
    throw new BenchFailure("no free range of ports between " + FIRST + " and " + LAST);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
