package io.cairn.client.internal;

import io.cairn.client.TaskName;
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

  /** What holds when nothing is said; without endpoints. */
  public static Settings defaults() {
    return new Settings(
        List.of(),
        "client-" + ProcessHandle.current().pid(),
        "",
        TaskName.NAMESPACE_DEFAULT,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Optional.empty(),
        Duration.ofMillis(10),
        Duration.ofSeconds(2),
        8L * 1024 * 1024);
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
    return withEndpoints(List.copyOf(distinct));
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

  /** The same with another value. */
  public Settings withEndpoints(List<String> value) {
    return new Settings(
        value,
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

  /** The same with another value. */
  public Settings withClientName(String value) {
    return new Settings(
        endpoints,
        value,
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

  /** The same with another value. */
  public Settings withCluster(String value) {
    return new Settings(
        endpoints,
        clientName,
        value,
        namespace,
        requestTimeout,
        sessionTtl,
        leaseTtl,
        heartbeatInterval,
        backoffFirst,
        backoffLongest,
        committerBufferBytes);
  }

  /** The same with another value. */
  public Settings withNamespace(String value) {
    return new Settings(
        endpoints,
        clientName,
        cluster,
        value,
        requestTimeout,
        sessionTtl,
        leaseTtl,
        heartbeatInterval,
        backoffFirst,
        backoffLongest,
        committerBufferBytes);
  }

  /** The same with another value. */
  public Settings withRequestTimeout(Duration value) {
    return new Settings(
        endpoints,
        clientName,
        cluster,
        namespace,
        value,
        sessionTtl,
        leaseTtl,
        heartbeatInterval,
        backoffFirst,
        backoffLongest,
        committerBufferBytes);
  }

  /** The same with another value. */
  public Settings withSessionTtl(Duration value) {
    return new Settings(
        endpoints,
        clientName,
        cluster,
        namespace,
        requestTimeout,
        value,
        leaseTtl,
        heartbeatInterval,
        backoffFirst,
        backoffLongest,
        committerBufferBytes);
  }

  /** The same with another value. */
  public Settings withLeaseTtl(Duration value) {
    return new Settings(
        endpoints,
        clientName,
        cluster,
        namespace,
        requestTimeout,
        sessionTtl,
        value,
        heartbeatInterval,
        backoffFirst,
        backoffLongest,
        committerBufferBytes);
  }

  /** The same with another value. */
  public Settings withHeartbeatInterval(Duration value) {
    return new Settings(
        endpoints,
        clientName,
        cluster,
        namespace,
        requestTimeout,
        sessionTtl,
        leaseTtl,
        Optional.of(value),
        backoffFirst,
        backoffLongest,
        committerBufferBytes);
  }

  /** The same with another value. */
  public Settings withCommitterBufferBytes(long value) {
    return new Settings(
        endpoints,
        clientName,
        cluster,
        namespace,
        requestTimeout,
        sessionTtl,
        leaseTtl,
        heartbeatInterval,
        backoffFirst,
        backoffLongest,
        value);
  }

  /** The same with another value. */
  public Settings withBackoff(Duration first, Duration longest) {
    return new Settings(
        endpoints,
        clientName,
        cluster,
        namespace,
        requestTimeout,
        sessionTtl,
        leaseTtl,
        heartbeatInterval,
        first,
        longest,
        committerBufferBytes);
  }
}
