package io.cairn.client.internal;

import io.grpc.netty.NettyChannelBuilder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the transport from writing to the user's console: gRPC tells every JVM that it found no
 * epoll library, which nobody asked for. Must be touched before the first channel is built. Any
 * thread.
 */
final class TransportQuiet {
  /**
   * A strong reference: the JDK would forget the level with the logger. The class is not public, so
   * its name is made of a neighbour's, which is relocated with it.
   */
  private static final Logger TCP_METRICS =
      Logger.getLogger(NettyChannelBuilder.class.getPackageName() + ".TcpMetrics");

  static {
    TCP_METRICS.setLevel(Level.WARNING);
  }

  private TransportQuiet() {}

  /** Silences it, once; returns the logger's name. */
  static String ensure() {
    return TCP_METRICS.getName();
  }
}
