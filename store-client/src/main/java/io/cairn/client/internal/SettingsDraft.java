package io.cairn.client.internal;

import io.cairn.client.TaskName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Settings while they are put together; what is not said has its default. For one thread; each call
 * changes and returns the draft.
 */
public final class SettingsDraft {
  private List<String> endpoints = List.of();
  private String clientName = "client-" + ProcessHandle.current().pid();
  private String cluster = "";
  private String namespace = TaskName.NAMESPACE_DEFAULT;
  private Duration requestTimeout = Duration.ofSeconds(10);
  private Duration sessionTtl = Duration.ofSeconds(60);
  private Duration leaseTtl = Duration.ofSeconds(10);
  private Optional<Duration> heartbeatInterval = Optional.empty();
  private Duration backoffFirst = Duration.ofMillis(10);
  private Duration backoffLongest = Duration.ofSeconds(2);
  private long committerBufferBytes = 8L * 1024 * 1024;

  /** The defaults; without endpoints. */
  public SettingsDraft() {}

  /** See {@link Settings#endpoints}. */
  public SettingsDraft endpoints(List<String> value) {
    endpoints = value;
    return this;
  }

  /** See {@link Settings#clientName}. */
  public SettingsDraft clientName(String value) {
    clientName = value;
    return this;
  }

  /** See {@link Settings#cluster}. */
  public SettingsDraft cluster(String value) {
    cluster = value;
    return this;
  }

  /** See {@link Settings#namespace}. */
  public SettingsDraft namespace(String value) {
    namespace = value;
    return this;
  }

  /** See {@link Settings#requestTimeout}. */
  public SettingsDraft requestTimeout(Duration value) {
    requestTimeout = value;
    return this;
  }

  /** See {@link Settings#sessionTtl}. */
  public SettingsDraft sessionTtl(Duration value) {
    sessionTtl = value;
    return this;
  }

  /** See {@link Settings#leaseTtl}. */
  public SettingsDraft leaseTtl(Duration value) {
    leaseTtl = value;
    return this;
  }

  /** See {@link Settings#committerBufferBytes}. */
  public SettingsDraft committerBufferBytes(long value) {
    committerBufferBytes = value;
    return this;
  }

  /** See {@link Settings#heartbeatInterval}. */
  public SettingsDraft heartbeatInterval(Duration value) {
    heartbeatInterval = Optional.of(value);
    return this;
  }

  /** See {@link Settings#backoffFirst} and {@link Settings#backoffLongest}. */
  public SettingsDraft backoff(Duration first, Duration longest) {
    backoffFirst = first;
    backoffLongest = longest;
    return this;
  }

  /** The settings, or an IllegalArgumentException that names what is wrong. */
  public Settings checked() {
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
            committerBufferBytes)
        .checked();
  }
}
