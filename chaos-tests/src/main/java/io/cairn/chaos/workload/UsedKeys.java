package io.cairn.chaos.workload;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Keys that a run has used, of those that are counted up and given up again. What lies under the
 * first ones has gone through every fault; the last ones hold what was acknowledged last, which is
 * what a crash loses first.
 */
final class UsedKeys {
  private UsedKeys() {}

  /** The first and the last of all independent keys, up to {@code each} of both; never none. */
  static List<Long> ends(History sofar, int each) {
    return ends(
        sofar, each, value -> value instanceof List<?> pair ? pair.subList(0, 1) : List.of());
  }

  /** The same, where {@code keys} finds them in the value with which an operation began. */
  static List<Long> ends(History sofar, int each, Function<Object, List<?>> keys) {
    TreeSet<Long> used = new TreeSet<>();
    for (Op op : sofar.ops()) {
      Object value = op.value();
      if (op.isClient() && op.type() == OpType.INVOKE && value != null) {
        keys.apply(value).forEach(key -> used.add(Values.number(key)));
      }
    }
    if (used.isEmpty()) {
      return List.of(0L);
    }
    List<Long> all = new ArrayList<>(used);
    if (all.size() <= 2 * each) {
      return all;
    }
    List<Long> ends = new ArrayList<>(all.subList(0, each));
    ends.addAll(all.subList(all.size() - each, all.size()));
    return ends;
  }
}
