package io.cairn.client.internal;

import io.cairn.protocol.Limits;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.Executor;

/** How a connection to an address is made. */
@FunctionalInterface
interface Channels {
  /** A channel whose callbacks run on {@code executor}. It connects when it is first used. */
  ManagedChannel open(String address, Executor executor);

  /** Plain TCP. */
  static Channels plain() {
    TransportQuiet.ensure();
    return (address, executor) -> {
      int colon = address.lastIndexOf(':');
      String host = address.substring(0, colon).replaceAll("^\\[|\\]$", "");
      return NettyChannelBuilder.forAddress(host, Integer.parseInt(address.substring(colon + 1)))
          .usePlaintext()
          .disableRetry()
          .executor(executor)
          .maxInboundMessageSize(Limits.FRAME_BYTES_MAX)
          .build();
    };
  }
}
