package io.cairn.chaos.cluster;

/**
 * A node as clients and pages know it.
 *
 * @param name such as {@code n1}
 * @param endpoint host and port for clients
 * @param httpEndpoint host and port of health, metrics and status
 */
public record TestNode(String name, String endpoint, String httpEndpoint) {}
