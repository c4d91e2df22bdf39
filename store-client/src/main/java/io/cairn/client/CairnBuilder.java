package io.cairn.client;

import io.cairn.client.internal.ConnectedCairn;
import io.cairn.client.internal.SettingsDraft;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Settings of a client. For one thread; each call changes and returns the builder. */
public final class CairnBuilder {
  private final SettingsDraft settings = new SettingsDraft();

  CairnBuilder() {}

  /** The members to start from, {@code host:port} separated by commas; others are learned. */
  public CairnBuilder endpoints(String list) {
    return endpoints(Arrays.stream(list.split(",", -1)).map(String::strip).toArray(String[]::new));
  }

  /** The members to start from, {@code host:port} each. */
  public CairnBuilder endpoints(String... hostPorts) {
    settings.endpoints(List.of(hostPorts));
    return this;
  }

  /** A name for people, in the servers' logs and as owner of tasks. */
  public CairnBuilder clientName(String name) {
    settings.clientName(name);
    return this;
  }

  /** The cluster to talk to; others refuse with WRONG_CLUSTER. Empty: any. */
  public CairnBuilder cluster(String name) {
    settings.cluster(name);
    return this;
  }

  /** The namespace of tasks. */
  public CairnBuilder namespace(String name) {
    settings.namespace(name);
    return this;
  }

  /** How long a request is tried; 10 s by default. */
  public CairnBuilder requestTimeout(Duration timeout) {
    settings.requestTimeout(timeout);
    return this;
  }

  /** How long the store remembers the answers of a silent client; 60 s by default. */
  public CairnBuilder sessionTtl(Duration ttl) {
    settings.sessionTtl(ttl);
    return this;
  }

  /** Time to live of leases that say nothing; 10 s by default. */
  public CairnBuilder leaseTtl(Duration ttl) {
    settings.leaseTtl(ttl);
    return this;
  }

  /** Between two heartbeats; a third of the shortest lease held by default. */
  public CairnBuilder heartbeatInterval(Duration interval) {
    settings.heartbeatInterval(interval);
    return this;
  }

  /** The first and the longest pause before another attempt; 10 ms and 2 s by default. */
  public CairnBuilder backoff(Duration first, Duration longest) {
    settings.backoff(first, longest);
    return this;
  }

  /** Bytes a task may have on their way before its calls block; 8 MiB by default. */
  public CairnBuilder committerBufferBytes(long bytes) {
    settings.committerBufferBytes(bytes);
    return this;
  }

  /** The client. It connects when it is first used. */
  public Cairn build() {
    return new ConnectedCairn(settings.checked());
  }
}
