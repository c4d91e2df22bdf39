package io.cairn.server.rpc;

import java.util.List;

/**
 * Who this server is.
 *
 * @param clientAddresses of the members as configured, for clients that know one, while the group
 *     has no member rows yet
 * @param insecure serves beyond loopback without TLS and authentication
 */
public record ServerIdentity(
    String cluster, String node, String version, List<String> clientAddresses, boolean insecure) {
  /** Copies the list. */
  public ServerIdentity {
    clientAddresses = List.copyOf(clientAddresses);
  }
}
