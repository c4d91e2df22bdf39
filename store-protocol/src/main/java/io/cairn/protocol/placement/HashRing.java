package io.cairn.protocol.placement;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A consistent hash ring with virtual nodes: a key belongs to the node whose position follows the
 * key's hash, going round. When a node comes or goes, only the keys in front of its positions
 * change hands, about one n-th of all. The source is Karger, Lehman, Leighton, Panigrahy, Levine,
 * Lewin, <i>Consistent hashing and random trees</i>, STOC 1997; a node's several positions are what
 * evens out the shares.
 *
 * <p>The ring is a function of its nodes and their weights, whatever the order in which they came,
 * and is computed alike everywhere ({@link #HASH_VERSION}). Two nodes at one position, should it
 * ever happen, stand there in the order of their names.
 *
 * <p>Not thread-safe.
 */
public final class HashRing {
  /**
   * Version of the hash and of the positions. Under one number every key has the same owner for
   * ever; another hash would be another number, which replicas must agree on first.
   */
  public static final int HASH_VERSION = 1;

  /** Positions of one node, at most: virtual nodes times weight. */
  public static final int POSITIONS_MAX = 65_536;

  private final int virtualNodes;
  private final Map<String, Member> members = new HashMap<>(); // looked up, never walked in order
  private final TreeSet<Point> points = new TreeSet<>();
  private long totalWeight;

  private HashRing(int virtualNodes) {
    this.virtualNodes = virtualNodes;
  }

  /** A node on the ring: its weight, and its positions in ascending order. */
  private static final class Member {
    final int weight;
    final long[] sorted;

    Member(int weight, long[] sorted) {
      this.weight = weight;
      this.sorted = sorted;
    }

    /** How far it is from {@code hash} clockwise to its next position; unsigned. */
    long distance(long hash) {
      int found = Arrays.binarySearch(sorted, hash);
      int next = found >= 0 ? found : -found - 1;
      return sorted[next == sorted.length ? 0 : next] - hash;
    }
  }

  /** A virtual node. A ring has no beginning, so the order of signed numbers serves as well. */
  private record Point(long position, String node) implements Comparable<Point> {
    @Override
    public int compareTo(Point other) {
      int order = Long.compare(position, other.position);
      return order != 0 ? order : node.compareTo(other.node);
    }
  }

  /**
   * An empty ring on which a node of weight 1 has {@code virtualNodes} positions. More of them make
   * shares more even: their standard deviation is about the mean divided by the square root.
   *
   * @throws IllegalArgumentException if they are not within 1 and {@link #POSITIONS_MAX}
   */
  public static HashRing of(int virtualNodes) {
    if (virtualNodes < 1 || virtualNodes > POSITIONS_MAX) {
      throw new IllegalArgumentException(
          "virtual nodes must be within 1 and %d, not %d".formatted(POSITIONS_MAX, virtualNodes));
    }
    return new HashRing(virtualNodes);
  }

  /** The hash of a key: XXH64 with seed 0 of its UTF-8 bytes. */
  public static long hash(String key) {
    return RingHash.of(key);
  }

  /** The hash of a key: XXH64 with seed 0. */
  public static long hash(byte[] key) {
    return RingHash.of(key);
  }

  /**
   * The most keys that one of {@code nodes} nodes may have, so that none has more than {@code
   * loadPercent} of the mean: the mean times that share, rounded up. The source is Mirrokni,
   * Thorup, Zadimoghaddam, <i>Consistent hashing with bounded loads</i>, 2016 (SODA 2018), where
   * the share is called c = 1 + epsilon. All nodes together always have room for all keys.
   *
   * @param loadPercent at least 100; 125 lets a node have a quarter more than the mean
   * @throws IllegalArgumentException if {@code keys} is negative, {@code nodes} below 1, or {@code
   *     loadPercent} below 100
   */
  public static int bound(int keys, int nodes, int loadPercent) {
    return bound(keys, 1, nodes, loadPercent);
  }

  /** The same for a node that has {@code weight} of {@code totalWeight}. */
  static int bound(int keys, int weight, long totalWeight, int loadPercent) {
    if (keys < 0) {
      throw new IllegalArgumentException("keys must not be negative: " + keys);
    }
    if (totalWeight < 1) {
      throw new IllegalArgumentException("nodes must be at least 1, not " + totalWeight);
    }
    checkLoadPercent(loadPercent);
    // In two parts, so that no product leaves 64 bits.
    long share = (long) keys * loadPercent; // below 2^62
    long whole = share / (100 * totalWeight);
    long rest = share % (100 * totalWeight);
    long bound = whole * weight + ceilDiv(rest * weight, 100 * totalWeight);
    return (int) Math.min(keys, bound);
  }

  private static long ceilDiv(long dividend, long divisor) {
    return -Math.floorDiv(-dividend, divisor);
  }

  /** Refuses a load below the mean, under which keys would have no place. */
  static void checkLoadPercent(int loadPercent) {
    if (loadPercent < 100) {
      throw new IllegalArgumentException("load percent must be at least 100, not " + loadPercent);
    }
  }

  /** Adds a node of weight 1, as {@link #add(String, int)} does. */
  public boolean add(String node) {
    return add(node, 1);
  }

  /**
   * Adds a node, or changes its weight: it has {@code weight} times the virtual nodes. Those of a
   * smaller weight are among those of a larger one, so that a change moves no more than it must.
   * Costs one way down a tree for each of the node's positions.
   *
   * @return false if the node is there with this weight already
   * @throws IllegalArgumentException if the name is empty, or the weight not within 1 and {@link
   *     #POSITIONS_MAX} divided by the virtual nodes
   */
  public boolean add(String node, int weight) {
    if (node.isEmpty()) {
      throw new IllegalArgumentException("the name of a node must not be empty");
    }
    if (weight < 1 || weight > POSITIONS_MAX / virtualNodes) {
      throw new IllegalArgumentException(
          "weight of node '%s' must be within 1 and %d, not %d"
              .formatted(node, POSITIONS_MAX / virtualNodes, weight));
    }
    @Nullable Member before = members.get(node);
    if (before != null && before.weight == weight) {
      return false;
    }
    if (before != null) {
      remove(node);
    }
    long[] positions = new long[virtualNodes * weight];
    long nameHash = RingHash.of(node);
    for (int i = 0; i < positions.length; i++) {
      positions[i] = RingHash.position(nameHash, i);
      points.add(new Point(positions[i], node));
    }
    Arrays.sort(positions);
    members.put(node, new Member(weight, positions));
    totalWeight += weight;
    return true;
  }

  /** Takes a node off the ring; false if it is not there. */
  public boolean remove(String node) {
    @Nullable Member gone = members.remove(node);
    if (gone == null) {
      return false;
    }
    for (long position : gone.sorted) {
      points.remove(new Point(position, node));
    }
    totalWeight -= gone.weight;
    return true;
  }

  /** True if the node is on the ring. */
  public boolean contains(String node) {
    return members.containsKey(node);
  }

  /** How many nodes there are. */
  public int size() {
    return members.size();
  }

  /** The names of the nodes, ascending; a copy. */
  public List<String> nodes() {
    return members.keySet().stream().sorted().toList();
  }

  /** The weight of a node; 0 if it is not there. */
  public int weight(String node) {
    @Nullable Member member = members.get(node);
    return member == null ? 0 : member.weight;
  }

  /** The weights of all nodes together. */
  public long totalWeight() {
    return totalWeight;
  }

  /** The owner of the key with this hash; empty if there is no node. */
  public Optional<String> owner(long keyHash) {
    if (points.isEmpty()) {
      return Optional.empty();
    }
    @Nullable Point next = points.ceiling(new Point(keyHash, ""));
    return Optional.of((next == null ? points.first() : next).node());
  }

  /** The owner of the key; empty if there is no node. */
  public Optional<String> owner(String key) {
    return owner(hash(key));
  }

  /**
   * The first node that accepts, going clockwise from the key; empty if none does. Each node is
   * asked at most once. If few of many accept, {@link #nearest} is faster.
   */
  public Optional<String> owner(long keyHash, Predicate<String> accepts) {
    Set<String> asked = new HashSet<>();
    Point from = new Point(keyHash, "");
    for (Set<Point> arc : List.of(points.tailSet(from, true), points.headSet(from, false))) {
      for (Point point : arc) {
        if (asked.size() == members.size()) {
          return Optional.empty();
        }
        if (asked.add(point.node()) && accepts.test(point.node())) {
          return Optional.of(point.node());
        }
      }
    }
    return Optional.empty();
  }

  /** The same for a key. */
  public Optional<String> owner(String key, Predicate<String> accepts) {
    return owner(hash(key), accepts);
  }

  /**
   * The first of the candidates, going clockwise from the key: what {@code owner(keyHash,
   * candidates::contains)} answers, but found from the candidates' own positions, so that it costs
   * a binary search for each of them and nothing for all others. Candidates that are not on the
   * ring are passed over. Their order does not matter.
   */
  public Optional<String> nearest(long keyHash, Collection<String> candidates) {
    @Nullable String nearest = null;
    long least = 0;
    for (String candidate : candidates) {
      @Nullable Member member = members.get(candidate);
      if (member == null) {
        continue;
      }
      long distance = member.distance(keyHash);
      int order = nearest == null ? -1 : Long.compareUnsigned(distance, least);
      if (nearest == null || order < 0 || (order == 0 && candidate.compareTo(nearest) < 0)) {
        nearest = candidate;
        least = distance;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** The same for a key. */
  public Optional<String> nearest(String key, Collection<String> candidates) {
    return nearest(hash(key), candidates);
  }

  /** How the keys fall on the nodes when no bound is set. */
  public Spread spread(Stream<String> keys) {
    Map<String, Integer> counts = new HashMap<>();
    members.keySet().forEach(node -> counts.put(node, 0));
    keys.forEach(key -> owner(key).ifPresent(node -> counts.merge(node, 1, Integer::sum)));
    return Spread.of(counts);
  }

  /** How far it is clockwise from the hash to a node that is on the ring; an unsigned number. */
  long distance(long keyHash, String node) {
    @Nullable Member member = members.get(node);
    if (member == null) {
      throw new IllegalArgumentException("node '" + node + "' is not on the ring");
    }
    return member.distance(keyHash);
  }
}
