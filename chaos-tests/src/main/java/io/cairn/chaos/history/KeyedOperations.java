package io.cairn.chaos.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was done to one of several things that have nothing to do with each other: an independent
 * key. Values no longer name the key.
 *
 * @param key null if there is but one, and values stand alone
 * @param operations in the order in which they began
 */
public record KeyedOperations(@Nullable Object key, List<Operation> operations) {
  /**
   * Takes operations apart by their key. Values are {@code [k v]} if those of all operations are
   * when they begin; but a {@code :cas [old new]} and a transaction {@code [[:append k v] ...]}
   * stand alone. In the order in which keys come first.
   */
  public static List<KeyedOperations> split(List<Operation> operations) {
    boolean keyed = !operations.isEmpty();
    for (Operation operation : operations) {
      keyed &= hasKey(operation);
    }
    if (!keyed) {
      return List.of(new KeyedOperations(null, List.copyOf(operations)));
    }
    Map<Object, List<Operation>> byKey = new LinkedHashMap<>();
    for (Operation operation : operations) {
      Object key = pair(operation.argument()).get(0);
      byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(withoutKey(operation, key));
    }
    List<KeyedOperations> parts = new ArrayList<>();
    byKey.forEach((key, part) -> parts.add(new KeyedOperations(key, part)));
    return parts;
  }

  private static boolean hasKey(Operation operation) {
    List<?> pair = pair(operation.argument());
    if (pair.isEmpty() || pair.get(0) == null || pair.get(0) instanceof List) {
      return false;
    }
    return !operation.f().equals("cas") || !pair(pair.get(1)).isEmpty();
  }

  private static Operation withoutKey(Operation operation, Object key) {
    Op invoke = operation.invoke().withValue(pair(operation.argument()).get(1));
    Op end = operation.completion();
    if (end != null) {
      List<?> pair = pair(end.value());
      if (!pair.isEmpty() && key.equals(pair.get(0))) {
        end = end.withValue(pair.get(1));
      } else if (end.type() != OpType.OK) {
        end = end.withValue(null);
      }
    }
    return new Operation(invoke, end);
  }

  /** A list of two, or an empty one if the value is anything else. */
  private static List<?> pair(@Nullable Object value) {
    return value instanceof List<?> list && list.size() == 2 ? list : List.of();
  }
}
