package io.cairn.chaos.cluster;

/**
 * Where a node is.
 *
 * @param listed the host as the list of members names it
 * @param host address that it binds, and at which the harness reaches it
 */
record NodeAddress(String listed, String host, int raftPort, int clientPort, int httpPort) {
  String member(String name) {
    return "%s=%s:%d/%d/%d".formatted(name, listed, raftPort, clientPort, httpPort);
  }

  String clientEndpoint() {
    return host + ":" + clientPort;
  }

  String httpEndpoint() {
    return host + ":" + httpPort;
  }

  NodeAddress withRaftPort(int port) {
    return new NodeAddress(listed, host, port, clientPort, httpPort);
  }
}
