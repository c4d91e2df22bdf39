package io.cairn.server.rpc;

import java.net.InetSocketAddress;

/**
 * Where the client plane listens, and its bounds.
 *
 * @param address the only address that is bound
 * @param requestsInFlightMax unanswered requests of one stream
 * @param admission of all streams
 * @param connectionsMax client connections
 * @param queryThreads threads that answer queries
 */
public record RpcSettings(
    InetSocketAddress address,
    int requestsInFlightMax,
    AdmissionBounds admission,
    int connectionsMax,
    int queryThreads) {
  /**
   * Unanswered requests of all streams.
   *
   * @param requestsMax their number
   * @param bytesMax their bytes
   */
  public record AdmissionBounds(int requestsMax, long bytesMax) {}
}
