package io.cairn.protocol.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keys placed on the nodes of a {@link HashRing} so that none has more than its bound. A key goes
 * to the first node clockwise that has room (Mirrokni, Thorup, Zadimoghaddam, <i>Consistent hashing
 * with bounded loads</i>, 2016).
 *
 * <p>Unlike there, owners are stable: a key stays where it is unless it has to move.
 *
 * <ul>
 *   <li>A node leaves: its keys move, each to the first node with room. No other does.
 *   <li>A node comes: it takes the keys that meet it before their present owner, about one n-th, as
 *       far as it has room.
 *   <li>Then, as the bound has changed, nodes above it give away what is too much, the keys that
 *       came the farthest way first.
 *   <li>A key comes: no other moves. A key goes: no other moves, though the bound may fall below
 *       what a node has; {@link #rebalance} and the next change of nodes mend that.
 * </ul>
 *
 * <p>So owners depend on what happened before, but on nothing else: the same calls give the same
 * owners everywhere, and so do, from then on, two placements with the same nodes, keys and owners,
 * one of which was put together by {@link #restore}. A node's bound follows its weight.
 *
 * <p>Not thread-safe.
 */
public final class Placement {
  private final HashRing ring;
  private final int loadPercent;
  private final Map<String, String> owners = new HashMap<>(); // looked up, never walked in order
  private final Map<String, NavigableSet<Key>> held = new HashMap<>(); // likewise
  private final NavigableSet<Key> waiting = new TreeSet<>(); // while there is no node

  private Placement(HashRing ring, int loadPercent) {
    this.ring = ring;
    this.loadPercent = loadPercent;
  }

  private record Key(long hash, String name) implements Comparable<Key> {
    static Key of(String name) {
      return new Key(HashRing.hash(name), name);
    }

    @Override
    public int compareTo(Key other) {
      int order = Long.compare(hash, other.hash);
      return order != 0 ? order : name.compareTo(other.name);
    }
  }

  /**
   * A key that has changed hands.
   *
   * @param from empty if it had no owner, as there was no node
   * @param to empty if it has none now
   */
  public record Move(String key, Optional<String> from, Optional<String> to) {}

  /**
   * No nodes and no keys yet.
   *
   * @param virtualNodes positions of a node of weight 1, as for {@link HashRing#of}
   * @param loadPercent the bound, as for {@link HashRing#bound}
   * @throws IllegalArgumentException if one of them is out of its range
   */
  public static Placement of(int virtualNodes, int loadPercent) {
    HashRing.checkLoadPercent(loadPercent);
    return new Placement(HashRing.of(virtualNodes), loadPercent);
  }

  /** Adds a node of weight 1, as {@link #addNode(String, int)} does. */
  public List<Move> addNode(String node) {
    return addNode(node, 1);
  }

  /**
   * Adds a node, or changes its weight, and says which keys move. Looks at every key once.
   *
   * @throws IllegalArgumentException as {@link HashRing#add(String, int)} does
   */
  public List<Move> addNode(String node, int weight) {
    if (!ring.add(node, weight)) {
      return List.of();
    }
    held.computeIfAbsent(node, absent -> new TreeSet<>());
    if (size() == 0) {
      return List.of(); // so that many nodes come at once without a look at all others for each
    }
    List<Move> moves = new ArrayList<>();
    for (Key key : nearerTo(node)) {
      if (load(node) >= bound(node)) {
        break;
      }
      moves.add(move(key, node));
    }
    for (Key key : List.copyOf(waiting)) {
      moves.add(settle(key));
    }
    shed(moves);
    return List.copyOf(moves);
  }

  /** Takes a node away and says which keys move: those it had; all of a last node wait for one. */
  public List<Move> removeNode(String node) {
    if (!ring.remove(node)) {
      return List.of();
    }
    List<Move> moves = new ArrayList<>();
    for (Key key : List.copyOf(keysOf(node))) {
      moves.add(settle(key));
    }
    held.remove(node);
    shed(moves);
    return List.copyOf(moves);
  }

  /**
   * Places a key, unless it is placed already, and names its owner; empty while there is no node.
   */
  public Optional<String> place(String key) {
    if (!isPlaced(key)) {
      place(Key.of(key), size() + 1);
    }
    return owner(key);
  }

  /**
   * Places many keys at once. The bound is that of all of them from the first one on, which makes
   * fewer of them go past a full node than one call for each would. Their order does not matter.
   */
  public void placeAll(Collection<String> keys) {
    NavigableSet<Key> absent = new TreeSet<>();
    keys.stream().filter(key -> !isPlaced(key)).map(Key::of).forEach(absent::add);
    int sizeThen = size() + absent.size();
    absent.forEach(key -> place(key, sizeThen));
  }

  /**
   * Puts a key where it was, whatever the bound: for one who brings back what was placed before.
   *
   * @throws IllegalArgumentException if the node is not there, or the key is
   */
  public void restore(String key, String node) {
    if (!ring.contains(node)) {
      throw new IllegalArgumentException("node '%s' of key '%s' is not there".formatted(node, key));
    }
    if (isPlaced(key)) {
      throw new IllegalArgumentException("key '%s' is placed already".formatted(key));
    }
    owners.put(key, node);
    keysOf(node).add(Key.of(key));
  }

  /** Forgets a key; false if it is not there. No other key moves. */
  public boolean removeKey(String key) {
    @Nullable String node = owners.remove(key);
    return node == null ? waiting.remove(Key.of(key)) : keysOf(node).remove(Key.of(key));
  }

  /** Moves what the bound forces, and says what. Wanted only after keys have gone. */
  public List<Move> rebalance() {
    List<Move> moves = new ArrayList<>();
    shed(moves);
    return List.copyOf(moves);
  }

  /** The owner of a key; empty if the key is not there, or no node is. */
  public Optional<String> owner(String key) {
    return Optional.ofNullable(owners.get(key));
  }

  /** How many keys there are. */
  public int size() {
    return owners.size() + waiting.size();
  }

  /** The names of the nodes, ascending; a copy. */
  public List<String> nodes() {
    return ring.nodes();
  }

  /** The weight of a node; 0 if there is no such node. */
  public int weight(String node) {
    return ring.weight(node);
  }

  /** The keys of a node, ascending; a copy, empty if there is no such node. */
  public List<String> keys(String node) {
    return ring.contains(node) ? keysOf(node).stream().map(Key::name).sorted().toList() : List.of();
  }

  /** How many keys a node has; 0 if there is no such node. */
  public int load(String node) {
    return ring.contains(node) ? keysOf(node).size() : 0;
  }

  /**
   * How many keys a node may have now.
   *
   * @throws IllegalArgumentException if there is no such node
   */
  public int bound(String node) {
    if (!ring.contains(node)) {
      throw new IllegalArgumentException("node '" + node + "' is not there");
    }
    return bound(node, size());
  }

  /** How the keys are spread. */
  public Spread spread() {
    Map<String, Integer> counts = new HashMap<>();
    held.forEach((node, keys) -> counts.put(node, keys.size()));
    return Spread.of(counts);
  }

  private boolean isPlaced(String key) {
    return owners.containsKey(key) || (!waiting.isEmpty() && waiting.contains(Key.of(key)));
  }

  private NavigableSet<Key> keysOf(String node) {
    @Nullable NavigableSet<Key> keys = held.get(node);
    if (keys == null) {
      throw new IllegalStateException("node '" + node + "' has no set of keys");
    }
    return keys;
  }

  private int bound(String node, int keys) {
    return HashRing.bound(keys, ring.weight(node), ring.totalWeight(), loadPercent);
  }

  private Optional<String> withRoom(Key key, int keys) {
    return ring.owner(key.hash(), node -> load(node) < bound(node, keys));
  }

  private void place(Key key, int keys) {
    Optional<String> node = withRoom(key, keys);
    if (node.isPresent()) {
      owners.put(key.name(), node.get());
      keysOf(node.get()).add(key);
    } else {
      waiting.add(key);
    }
  }

  /** Moves a key from where it is to the first node with room; without nodes it waits. */
  private Move settle(Key key) {
    Optional<String> to = withRoom(key, size());
    if (to.isPresent()) {
      return move(key, to.get());
    }
    Optional<String> from = Optional.ofNullable(owners.remove(key.name()));
    from.ifPresent(node -> keysOf(node).remove(key));
    waiting.add(key);
    return new Move(key.name(), from, to);
  }

  private Move move(Key key, String to) {
    waiting.remove(key);
    Optional<String> from = Optional.ofNullable(owners.put(key.name(), to));
    from.ifPresent(node -> keysOf(node).remove(key));
    keysOf(to).add(key);
    return new Move(key.name(), from, Optional.of(to));
  }

  /** Keys of other nodes that meet {@code node} before their owner. */
  private NavigableSet<Key> nearerTo(String node) {
    NavigableSet<Key> found = new TreeSet<>();
    held.forEach(
        (owner, keys) -> {
          if (!owner.equals(node)) {
            List<String> both = List.of(owner, node);
            keys.stream()
                .filter(key -> ring.nearest(key.hash(), both).orElseThrow().equals(node))
                .forEach(found::add);
          }
        });
    return found;
  }

  /**
   * Gives away what nodes have above their bound; where that goes there is room, so once is enough.
   */
  private void shed(List<Move> moves) {
    for (String node : ring.nodes()) {
      int excess = load(node) - bound(node);
      if (excess > 0) {
        keysOf(node).stream()
            .sorted(farthestFirst(node))
            .limit(excess)
            .toList()
            .forEach(key -> moves.add(settle(key)));
      }
    }
  }

  private Comparator<Key> farthestFirst(String node) {
    Comparator<Key> nearestFirst =
        (a, b) ->
            Long.compareUnsigned(ring.distance(a.hash(), node), ring.distance(b.hash(), node));
    return nearestFirst.reversed().thenComparing(Comparator.naturalOrder());
  }
}
