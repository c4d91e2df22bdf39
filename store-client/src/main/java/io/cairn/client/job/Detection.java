package io.cairn.client.job;

import java.time.Duration;

/**
 * When a task is taken for lost or suspect. Durations of zero and percentages of 0: not looked at,
 * unless said otherwise.
 *
 * @param ttl a task whose worker is silent so long is lost; 10 s by default
 * @param heartbeat between two heartbeats of a worker that has a task of the job; zero, the
 *     default: a third of ttl
 * @param ack a dispatched task that is not acknowledged by then is dispatched again; 5 s by default
 * @param noProgress a task whose progress stands still so long is suspect; zero by default
 * @param attemptMax an attempt that takes longer has the fault TIMEOUT; zero by default
 * @param suspectMax a task that is suspect so long is fenced, and recovered as TIMEOUT; zero by
 *     default
 * @param heapPercentMax a worker above it gets nothing new; 95 by default
 * @param gcPercentMax a worker above it gets nothing new; 50 by default
 * @param cpuPercentMax a worker above it gets nothing new; 0 by default: a batch may use all
 */
public record Detection(
    Duration ttl,
    Duration heartbeat,
    Duration ack,
    Duration noProgress,
    Duration attemptMax,
    Duration suspectMax,
    int heapPercentMax,
    int gcPercentMax,
    int cpuPercentMax) {
  /** What holds when nothing is said. */
  public static Detection defaults() {
    return builder().build();
  }

  /** The defaults, to be changed. */
  public static Builder builder() {
    return new Builder();
  }

  /** The heartbeat that a worker keeps: as set, or a third of ttl. */
  public Duration heartbeatOrThird() {
    return heartbeat.isZero() ? ttl.dividedBy(3) : heartbeat;
  }

  /** Settings of detection. For one thread; each call changes and returns the builder. */
  public static final class Builder {
    private Duration ttl = Duration.ofSeconds(10);
    private Duration heartbeat = Duration.ZERO;
    private Duration ack = Duration.ofSeconds(5);
    private Duration noProgress = Duration.ZERO;
    private Duration attemptMax = Duration.ZERO;
    private Duration suspectMax = Duration.ZERO;
    private int heapPercentMax = 95;
    private int gcPercentMax = 50;
    private int cpuPercentMax;

    Builder() {}

    /** A task whose worker is silent so long is lost. */
    public Builder ttl(Duration time) {
      ttl = time;
      return this;
    }

    /** Between two heartbeats of a worker that has a task of the job. */
    public Builder heartbeat(Duration time) {
      heartbeat = time;
      return this;
    }

    /** A dispatched task that is not acknowledged by then is dispatched again. */
    public Builder ack(Duration time) {
      ack = time;
      return this;
    }

    /** A task whose progress stands still so long is suspect. */
    public Builder noProgress(Duration time) {
      noProgress = time;
      return this;
    }

    /** An attempt that takes longer has the fault TIMEOUT. */
    public Builder attemptMax(Duration time) {
      attemptMax = time;
      return this;
    }

    /** A task that is suspect so long is fenced, and recovered as TIMEOUT. */
    public Builder suspectMax(Duration time) {
      suspectMax = time;
      return this;
    }

    /** A worker whose heap is fuller after a collection gets nothing new. */
    public Builder heapPercentMax(int percent) {
      heapPercentMax = percent;
      return this;
    }

    /** A worker that collects for a larger part of its time gets nothing new. */
    public Builder gcPercentMax(int percent) {
      gcPercentMax = percent;
      return this;
    }

    /** A worker that uses more of all processors gets nothing new. */
    public Builder cpuPercentMax(int percent) {
      cpuPercentMax = percent;
      return this;
    }

    /** The settings; checked where the job is built. */
    public Detection build() {
      return new Detection(
          ttl,
          heartbeat,
          ack,
          noProgress,
          attemptMax,
          suspectMax,
          heapPercentMax,
          gcPercentMax,
          cpuPercentMax);
    }
  }
}
