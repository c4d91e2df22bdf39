package io.cairn.client.internal;

import io.cairn.protocol.Limits;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything that can be set of a client. Immutable. */
public record Settings(
    List<String> endpoints,
    String clientName,
    String cluster,
    String namespace,
    Duration requestTimeout,
    Duration sessionTtl,
    Duration leaseTtl,
    Optional<Duration> heartbeatInterval,
    Duration backoffFirst,
    Duration backoffLongest,
    long committerBufferBytes) {

  /** Keeps its own copy. */
  public Settings {
    endpoints = List.copyOf(endpoints);
  }

  /** This, or an IllegalArgumentException that names what is wrong. */
  public Settings checked() {
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("endpoints: none given, need at least one host:port");
    }
    endpoints.forEach(Settings::checkEndpoint);
    Set<String> distinct = new LinkedHashSet<>(endpoints);
    Checked.name("client name", clientName);
    Checked.name("namespace", namespace);
    within("request timeout", requestTimeout, 1, Integer.MAX_VALUE);
    within(
        "session time to live",
        sessionTtl,
        Limits.SESSION_TTL_MILLIS_MIN,
        Limits.SESSION_TTL_MILLIS_MAX);
    within(
        "lease time to live", leaseTtl, Limits.LEASE_TTL_MILLIS_MIN, Limits.LEASE_TTL_MILLIS_MAX);
    heartbeatInterval.ifPresent(
        interval -> within("heartbeat interval", interval, 10, leaseTtl.toMillis() - 1));
    within("first backoff", backoffFirst, 1, 60_000);
    within("longest backoff", backoffLongest, backoffFirst.toMillis(), 600_000);
    if (committerBufferBytes < 1) {
      throw new IllegalArgumentException(
          "committer buffer of " + committerBufferBytes + " bytes, need at least 1");
    }
    return new Settings(
        List.copyOf(distinct),
        clientName,
        cluster,
        namespace,
        requestTimeout,
        sessionTtl,
        leaseTtl,
        heartbeatInterval,
        backoffFirst,
        backoffLongest,
        committerBufferBytes);
  }

  static void checkEndpoint(String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    if (colon > 0 && endpoint.substring(colon + 1).matches("\\d{1,5}")) {
      int port = Integer.parseInt(endpoint.substring(colon + 1));
      if (port >= 1 && port <= 65_535) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "endpoint '" + endpoint + "' is not host:port with a port of 1 to 65535");
  }

  private static void within(String what, Duration value, long minMillis, long maxMillis) {
    if (value.toMillis() < minMillis || value.toMillis() > maxMillis) {
      throw new IllegalArgumentException(
          "%s of %d ms, allowed are %d to %d"
              .formatted(what, value.toMillis(), minMillis, maxMillis));
    }
  }
}
