package io.cairn.client.internal;

/**
 * How long a link waits before it takes a connection for dead, and between two attempts. One
 * instance per link; belongs to the loop.
 */
final class Patience {
  private static final long MILLI = 1_000_000L;
  private static final long CONNECT_NANOS = 2_000 * MILLI;
  // The first time the transport's classes are loaded, too.
  private static final long CONNECT_FIRST_NANOS = 6_000 * MILLI;
  private static final long STALL_NANOS_MIN = 2_000 * MILLI;
  private static final long STALL_NANOS_MAX = 16_000 * MILLI;
  private static final long QUIET_NANOS = 3_000 * MILLI;
  private static final long PARK_NANOS_MIN = 50 * MILLI;
  private static final long PARK_NANOS_MAX = 500 * MILLI;
  private static final int HOPS_MAX = 4;

  private final NanoClock clock;
  private final Backoff backoff;
  private long heardNanos;
  private long connectNanos;
  private long goOnNanos;
  private long stallNanos = STALL_NANOS_MIN;
  private int troubles;
  private int parks;
  private int hops;
  private boolean servedBefore;

  Patience(NanoClock clock, Backoff backoff) {
    this.clock = clock;
    this.backoff = backoff;
    this.heardNanos = clock.nanos();
  }

  /** Something came in. */
  void heard() {
    heardNanos = clock.nanos();
  }

  /** A request was answered: all is well. */
  void served() {
    servedBefore = true;
    troubles = 0;
    parks = 0;
    hops = 0;
    stallNanos = STALL_NANOS_MIN;
  }

  void connecting() {
    connectNanos = clock.nanos();
    heardNanos = connectNanos;
  }

  /** A connection was lost or could not be made: the first time go on at once. */
  void troubled() {
    hops = 0;
    long pause = troubles == 0 ? 0 : backoff.nanos(troubles);
    troubles++;
    goOnNanos = clock.nanos() + pause;
  }

  /** Nobody leads, as far as is known: look again soon, if no news comes first. */
  void parked() {
    hops = 0;
    long pause = Math.min(PARK_NANOS_MAX, PARK_NANOS_MIN << Math.min(parks, 8));
    parks++;
    goOnNanos = clock.nanos() + pause;
  }

  /** A leader that answers nothing was left: be slower to do so again. */
  void stalled() {
    stallNanos = Math.min(stallNanos * 2, STALL_NANOS_MAX);
  }

  boolean mayGoOn() {
    return clock.nanos() - goOnNanos >= 0;
  }

  /** Counts a step to another node that was named as leader; false: nodes point at each other. */
  boolean mayHop() {
    hops++;
    return hops <= HOPS_MAX;
  }

  boolean isConnectOverdue() {
    return clock.nanos() - connectNanos > (servedBefore ? CONNECT_NANOS : CONNECT_FIRST_NANOS);
  }

  /** True if nothing at all came in since long after {@code sentNanos}. */
  boolean isStalled(long sentNanos) {
    long now = clock.nanos();
    return now - sentNanos > stallNanos && now - heardNanos > stallNanos;
  }

  /** True if nothing came in for so long that one should ask. */
  boolean isQuiet() {
    return clock.nanos() - heardNanos > QUIET_NANOS;
  }
}
