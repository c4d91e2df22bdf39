package io.cairn.core.job;

import io.cairn.protocol.Limits;
import java.util.BitSet;

/** The tasks of one stage that wait for a worker: those never dispatched, and those to be again. */
final class Work {
  /** The stages of all jobs, the oldest job first. */
  record Place(long job, int stage) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int order = Long.compare(job, other.job);
      return order != 0 ? order : Integer.compare(stage, other.stage);
    }
  }

  private static final int REPLICAS = Limits.REPLICAS_MAX;

  private final Place place;
  private final String handler;
  private final int partitions;
  private final BitSet again = new BitSet();
  private int waiting;
  private boolean halted;

  Work(Place place, String handler, int partitions) {
    this.place = place;
    this.handler = handler;
    this.partitions = partitions;
  }

  Place place() {
    return place;
  }

  String handler() {
    return handler;
  }

  /** Of partitions that were never dispatched, how many may be; and whether none may be at all. */
  void set(int waitingNow, boolean haltedNow) {
    waiting = waitingNow;
    halted = haltedNow;
  }

  void again(int partition, int replica) {
    again.set(partition * REPLICAS + replica);
  }

  void notAgain(int partition, int replica) {
    again.clear(partition * REPLICAS + replica);
  }

  boolean isEmpty() {
    return waiting == 0 && again.isEmpty();
  }

  /** True if one of its tasks may be dispatched now. */
  boolean waits() {
    return !halted && !isEmpty();
  }

  /** A task that waits. */
  record Next(Place place, int partition, int replica, boolean fresh) {}

  /** What is next: a task that was dispatched before, by partition, then one that never was. */
  Next next() {
    int bit = again.nextSetBit(0);
    return bit >= 0
        ? new Next(place, bit / REPLICAS, bit % REPLICAS, false)
        : new Next(place, partitions - waiting, 0, true);
  }

  @Override
  public String toString() {
    return "%d/%d %s of %d: waiting %d, again %s%s"
        .formatted(
            place.job(),
            place.stage(),
            handler,
            partitions,
            waiting,
            again,
            halted ? " halted" : "");
  }
}
