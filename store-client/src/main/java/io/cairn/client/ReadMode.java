package io.cairn.client;

import java.time.Duration;
import java.util.Optional;

/**
 * What a read may see, and who answers it.
 *
 * @param isSerializable true: answered by any one replica from its own state, which may lie behind,
 *     but never behind what this client has already seen; false: linearizable
 * @param isFromAnyMember true: answered by the member that this client happens to read from; false:
 *     by the leader. A serializable read always comes from any member
 * @param maxStaleness serializable only: refuse with STALE_REPLICA when the replica has heard
 *     nothing of a leader for longer
 */
public record ReadMode(
    boolean isSerializable, boolean isFromAnyMember, Optional<Duration> maxStaleness) {
  private static final ReadMode LINEARIZABLE = new ReadMode(false, false, Optional.empty());
  private static final ReadMode FROM_ANY_MEMBER = new ReadMode(false, true, Optional.empty());
  private static final ReadMode SERIALIZABLE = new ReadMode(true, true, Optional.empty());

  /** Sees everything that was acknowledged to anybody before the read began. The default. */
  public static ReadMode linearizable() {
    return LINEARIZABLE;
  }

  /**
   * Linearizable as well, but answered by the member this client reads from: it asks the leader how
   * far it has to be, and waits until it is. Costs a round trip more, and spares the leader the
   * reading.
   */
  public static ReadMode linearizableFromAnyMember() {
    return FROM_ANY_MEMBER;
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
    return new ReadMode(true, true, Optional.of(bound));
  }
}
