package io.cairn.core.job;

import io.cairn.protocol.placement.HashRing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The workers with one handler that have room, all spare or none. Which one is chosen depends on
 * who they are alone, not on how they are found.
 */
final class FreeSeats {
  /** Up to so many are compared one by one; among more the ring is walked. */
  private static final int FEW = 64;

  /** Walked as fast as it is small; the order does not matter. */
  private final Map<String, Seat> seats = new LinkedHashMap<>();

  private final Map<String, Integer> byNode = new HashMap<>();

  void add(Seat seat) {
    if (seats.put(seat.id(), seat) == null) {
      byNode.merge(seat.node(), 1, Integer::sum);
    }
  }

  void remove(Seat seat) {
    if (seats.remove(seat.id()) != null) {
      byNode.computeIfPresent(seat.node(), (node, count) -> count > 1 ? count - 1 : null);
    }
  }

  boolean isEmpty() {
    return seats.isEmpty();
  }

  /** True if there is one that is none of these. */
  boolean hasOtherThan(Set<String> workers) {
    if (seats.size() > workers.size()) {
      return true;
    }
    return !workers.containsAll(seats.keySet());
  }

  /** True if there is one that is on another node. */
  boolean hasBeside(String node) {
    return seats.size() > byNode.getOrDefault(node, 0);
  }

  /** The first one clockwise from the hash that is on none of the avoided nodes, and not barred. */
  Optional<String> nearest(HashRing ring, long hash, Apart apart) {
    int avoidable = 0;
    for (String node : apart.nodes()) {
      avoidable += byNode.getOrDefault(node, 0);
    }
    for (String worker : apart.workers()) {
      Seat barred = seats.get(worker);
      avoidable += barred != null && !apart.nodes().contains(barred.node()) ? 1 : 0;
    }
    int eligible = seats.size() - avoidable;
    if (eligible == 0) {
      return Optional.empty();
    }
    if (eligible > FEW) {
      return ring.owner(hash, id -> eligible(id, apart));
    }
    if (avoidable == 0) {
      return ring.nearest(hash, seats.keySet());
    }
    Set<String> few = new HashSet<>();
    for (Seat seat : seats.values()) {
      if (apart.allows(seat)) {
        few.add(seat.id());
      }
    }
    return ring.nearest(hash, few);
  }

  private boolean eligible(String id, Apart apart) {
    Seat seat = seats.get(id);
    return seat != null && apart.allows(seat);
  }

  @Override
  public String toString() {
    return new TreeSet<>(seats.keySet()).toString();
  }
}
