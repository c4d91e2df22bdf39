package io.cairn.client;

import java.time.Duration;
import java.util.Optional;

/**
 * What a read may see.
 *
 * @param isSerializable true: answered by any one replica from its own state, which may lie behind,
 *     but never behind what this client has already seen; false: linearizable
 * @param maxStaleness serializable only: refuse with STALE_REPLICA when the replica has heard
 *     nothing of a leader for longer
 */
public record ReadMode(boolean isSerializable, Optional<Duration> maxStaleness) {
  private static final ReadMode LINEARIZABLE = new ReadMode(false, Optional.empty());
  private static final ReadMode SERIALIZABLE = new ReadMode(true, Optional.empty());

  /** Sees everything that was acknowledged to anybody before the read began. The default. */
  public static ReadMode linearizable() {
    return LINEARIZABLE;
  }

  /** Sees some past state, not older than what this client has seen before. */
  public static ReadMode serializable() {
    return SERIALIZABLE;
  }

  /** Serializable, on a replica that heard of its leader within {@code bound}, at least 1 ms. */
  public static ReadMode maxStaleness(Duration bound) {
    if (bound.toMillis() < 1 || bound.toMillis() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("staleness bound " + bound + ", allowed are 1 ms to 24 d");
    }
    return new ReadMode(true, Optional.of(bound));
  }
}
