package io.cairn.client.job;

import java.time.Duration;

/**
 * How a job is kept from waiting for one bad worker, or from believing one.
 *
 * @param replicas REPLICAS: runs of each partition, 2 to 8; else 0
 * @param stragglerPercent SPECULATE: of the median time of the stage's partitions, at least 110;
 *     else 0
 * @param stragglerMin SPECULATE: nothing faster than this is a straggler; else zero
 */
public record Redundancy(Kind kind, int replicas, int stragglerPercent, Duration stragglerMin) {
  /** The kinds of redundancy. */
  public enum Kind {
    /** Each partition runs once at a time. */
    NONE,
    /** A place of a worker on another node is kept free for each task. */
    STANDBY,
    /**
     * A second attempt runs beside one that is much slower than its like; the first result wins.
     */
    SPECULATE,
    /** Each partition runs several times, and results are compared. */
    REPLICAS
  }

  /** None: the default. */
  public static Redundancy none() {
    return new Redundancy(Kind.NONE, 0, 0, Duration.ZERO);
  }

  /** A free place on another node for each task. */
  public static Redundancy standby() {
    return new Redundancy(Kind.STANDBY, 0, 0, Duration.ZERO);
  }

  /** A second attempt beside one that takes more than so many percent of the median time. */
  public static Redundancy speculate(int percent, Duration min) {
    return new Redundancy(Kind.SPECULATE, 0, percent, min);
  }

  /** So many runs of each partition. */
  public static Redundancy replicas(int count) {
    return new Redundancy(Kind.REPLICAS, count, 0, Duration.ZERO);
  }
}
