package io.cairn.client.codec.hessian;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The table of JDK collections. Those in it come back as themselves; any other of java.util, such
 * as {@code List.of} or an unmodifiable view, comes back as the nearest that is equal.
 */
final class JdkCollections {
  /** Suffix of the wire name of a sorted collection in reverse natural order. */
  private static final String REVERSE = "#reverse";

  private final List<StateType> types = new ArrayList<>();

  private JdkCollections() {}

  @SuppressWarnings("JdkObsolete") // states may hold what they are
  static List<StateType> all() {
    JdkCollections table = new JdkCollections();
    table.list(ArrayList.class, ArrayList::new);
    table.list(LinkedList.class, LinkedList::new);
    table.list(Vector.class, Vector::new);
    table.list(Stack.class, Stack::new);
    table.list(HashSet.class, HashSet::new);
    table.list(LinkedHashSet.class, LinkedHashSet::new);
    table.list(ArrayDeque.class, ArrayDeque::new);
    table.list(ConcurrentLinkedQueue.class, ConcurrentLinkedQueue::new);
    table.list(ConcurrentLinkedDeque.class, ConcurrentLinkedDeque::new);
    table.map(HashMap.class, HashMap::new);
    table.map(LinkedHashMap.class, LinkedHashMap::new);
    table.map(Hashtable.class, Hashtable::new);
    table.map(ConcurrentHashMap.class, ConcurrentHashMap::new);
    table.sorted(TreeSet.class, TreeSet::new);
    table.sorted(ConcurrentSkipListSet.class, ConcurrentSkipListSet::new);
    table.sorted(PriorityQueue.class, PriorityQueue::new);
    table.sortedMap(TreeMap.class, TreeMap::new);
    table.sortedMap(ConcurrentSkipListMap.class, ConcurrentSkipListMap::new);
    return table.types;
  }

  /** The class in the table that an equal collection of another class is written as. */
  static @Nullable Class<?> nearest(Class<?> type) {
    String home = type.getPackageName();
    boolean keepsItsMeaning =
        !type.getSimpleName().equals("IdentityHashMap")
            && !type.getSimpleName().equals("WeakHashMap");
    if (!keepsItsMeaning || (!home.equals("java.util") && !home.equals("java.util.concurrent"))) {
      return null;
    } else if (SortedSet.class.isAssignableFrom(type)) {
      return TreeSet.class;
    } else if (SortedMap.class.isAssignableFrom(type)) {
      return TreeMap.class;
    } else if (Set.class.isAssignableFrom(type)) {
      return LinkedHashSet.class;
    } else if (Map.class.isAssignableFrom(type)) {
      return LinkedHashMap.class;
    }
    return Collection.class.isAssignableFrom(type) ? ArrayList.class : null;
  }

  private void list(Class<?> type, Supplier<Collection<@Nullable Object>> maker) {
    types.add(new CollectionType(type.getName(), type, maker));
  }

  private void map(Class<?> type, Supplier<Map<@Nullable Object, @Nullable Object>> maker) {
    types.add(new MapType(type.getName(), type, maker));
  }

  private void sorted(
      Class<?> type, Function<@Nullable Comparator<Object>, Collection<@Nullable Object>> maker) {
    SortedCollection reverse =
        new SortedCollection(
            type.getName() + REVERSE, type, () -> maker.apply(reverseOrder()), null);
    types.add(reverse);
    types.add(new SortedCollection(type.getName(), type, () -> maker.apply(null), reverse));
  }

  private void sortedMap(
      Class<?> type,
      Function<@Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> maker) {
    SortedEntries reverse =
        new SortedEntries(type.getName() + REVERSE, type, () -> maker.apply(reverseOrder()), null);
    types.add(reverse);
    types.add(new SortedEntries(type.getName(), type, () -> maker.apply(null), reverse));
  }

  @SuppressWarnings("unchecked") // the JDK's reverse order compares what is Comparable
  private static Comparator<Object> reverseOrder() {
    return (Comparator<Object>) (Comparator<?>) Collections.reverseOrder();
  }

  private static StateType ordered(
      StateType natural,
      @Nullable StateType reverse,
      @Nullable Comparator<?> order,
      StateOutput out) {
    if (order == null || order.equals(Comparator.naturalOrder())) {
      return natural;
    } else if (reverse != null && order.equals(Collections.reverseOrder())) {
      return reverse;
    }
    throw out.refuse(
        "%s is ordered by %s; only natural and reverse order can be stored"
            .formatted(natural.decodedType().getName(), order.getClass().getName()));
  }

  /** A sorted set or a priority queue. */
  private static final class SortedCollection extends CollectionType {
    private final @Nullable StateType reverse;

    SortedCollection(
        String wireName,
        Class<?> type,
        Supplier<Collection<@Nullable Object>> maker,
        @Nullable StateType reverse) {
      super(wireName, type, maker);
      this.reverse = reverse;
    }

    @Override
    StateType variantFor(Object value, StateOutput out) {
      Comparator<?> order =
          value instanceof PriorityQueue<?> queue
              ? queue.comparator()
              : ((SortedSet<?>) value).comparator();
      return ordered(this, reverse, order, out);
    }
  }

  /** A sorted map. */
  private static final class SortedEntries extends MapType {
    private final @Nullable StateType reverse;

    SortedEntries(
        String wireName,
        Class<?> type,
        Supplier<Map<@Nullable Object, @Nullable Object>> maker,
        @Nullable StateType reverse) {
      super(wireName, type, maker);
      this.reverse = reverse;
    }

    @Override
    StateType variantFor(Object value, StateOutput out) {
      return ordered(this, reverse, ((SortedMap<?, ?>) value).comparator(), out);
    }
  }
}
