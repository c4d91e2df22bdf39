package io.cairn.core.job;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The tasks of one stage that wait for a worker: those never dispatched, and those to be again.
 * Some of the latter must not go to certain workers, which have other runs of the same partition.
 */
final class Work {
  /**
   * The stages of all jobs, the oldest job first; what compares results of a stage is behind it.
   *
   * @param compares true: the tasks that compare
   */
  record Place(long job, int stage, boolean compares) implements Comparable<Place> {
    /** Where the runs of a stage's partitions wait. */
    Place(long job, int stage) {
      this(job, stage, false);
    }

    /** Where a run of a stage's partition waits, or the comparison of them. */
    static Place of(long job, int stage, int replica) {
      return new Place(job, stage, replica == Runs.COMPARISON);
    }

    @Override
    public int compareTo(Place other) {
      int order = Long.compare(job, other.job);
      order = order != 0 ? order : Integer.compare(stage, other.stage);
      return order != 0 ? order : Boolean.compare(compares, other.compares);
    }
  }

  private static final int REPLICAS = Runs.COMPARISON + 1;

  private final Place place;
  private final String handler;
  private final int partitions;
  private final BitSet again = new BitSet(); // to any worker
  private final Map<Integer, Set<String>> barred =
      new TreeMap<>(); // the others: by bit, to whom not
  private final Map<Set<String>, BitSet> byBarred =
      new HashMap<>(); // the same, the other way round
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

  /** A task waits, for any worker but these; it may have waited with others barred. */
  void again(int partition, int replica, Set<String> workers) {
    notAgain(partition, replica);
    int bit = partition * REPLICAS + replica;
    if (workers.isEmpty()) {
      again.set(bit);
    } else {
      Set<String> key = Set.copyOf(workers);
      barred.put(bit, key);
      byBarred.computeIfAbsent(key, unused -> new BitSet()).set(bit);
    }
  }

  void notAgain(int partition, int replica) {
    int bit = partition * REPLICAS + replica;
    again.clear(bit);
    Set<String> workers = barred.remove(bit);
    if (workers != null) {
      BitSet bits = byBarred.get(workers);
      if (bits != null) {
        bits.clear(bit);
        if (bits.isEmpty()) {
          byBarred.remove(workers);
        }
      }
    }
  }

  boolean isEmpty() {
    return waiting == 0 && again.isEmpty() && barred.isEmpty();
  }

  /** True if one of its tasks may be dispatched now. */
  boolean waits() {
    return !halted && !isEmpty();
  }

  /** A task that waits. */
  record Next(Place place, int partition, int replica, boolean fresh) {}

  /**
   * What is next: a task that was dispatched before, by partition, then one that never was.
   *
   * @param room whether a worker that is none of these has room; somebody has
   */
  Optional<Next> next(Predicate<Set<String>> room) {
    int bit = again.nextSetBit(0);
    for (Map.Entry<Set<String>, BitSet> some : byBarred.entrySet()) { // the least bit, in any order
      int first = some.getValue().nextSetBit(0);
      if ((bit < 0 || first < bit) && room.test(some.getKey())) {
        bit = first;
      }
    }
    if (bit >= 0) {
      return Optional.of(new Next(place, bit / REPLICAS, bit % REPLICAS, false));
    }
    return waiting > 0
        ? Optional.of(new Next(place, partitions - waiting, 0, true))
        : Optional.empty();
  }

  @Override
  public String toString() {
    Map<Integer, Set<String>> apart = new TreeMap<>();
    barred.forEach((bit, workers) -> apart.put(bit, new TreeSet<>(workers)));
    return "%d/%d%s %s of %d: waiting %d, again %s %s%s"
        .formatted(
            place.job(),
            place.stage(),
            place.compares() ? " comparing" : "",
            handler,
            partitions,
            waiting,
            again,
            apart,
            halted ? " halted" : "");
  }
}
