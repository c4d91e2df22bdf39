package io.cairn.chaos.workload;

import io.cairn.chaos.generator.Call;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Keys that a run has used, of those that are counted up and given up again, for each client that
 * reads at the end: all of them, up to a limit. Above it each reads the first ones, which have gone
 * through every fault, and the last ones, which hold what was acknowledged last, which is what a
 * crash loses first. Of those between each reads others, so that as many as can be are read by
 * somebody.
 *
 * @param byThread never without a key
 */
record UsedKeys(Map<Integer, List<Long>> byThread) {

  /** Of all independent keys. */
  static UsedKeys byThread(History sofar, int clients, int max) {
    return byThread(
        sofar,
        clients,
        max,
        value -> value instanceof List<?> pair ? pair.subList(0, 1) : List.of());
  }

  /**
   * The same, where {@code keys} finds them in the value with which an operation began.
   *
   * @param max keys of one client
   */
  static UsedKeys byThread(History sofar, int clients, int max, Function<Object, List<?>> keys) {
    TreeSet<Long> used = new TreeSet<>();
    for (Op op : sofar.ops()) {
      Object value = op.value();
      if (op.isClient() && op.type() == OpType.INVOKE && value != null) {
        keys.apply(value).forEach(key -> used.add(Values.number(key)));
      }
    }
    if (used.isEmpty()) {
      used.add(0L);
    }
    List<Long> all = new ArrayList<>(used);
    Map<Integer, List<Long>> byThread = new TreeMap<>();
    for (int thread = 0; thread < clients; thread++) {
      byThread.put(thread, all.size() <= max ? all : share(all, thread, clients, max));
    }
    return new UsedKeys(byThread);
  }

  /** A third from either end; of those between every nth, from another one on by each thread. */
  private static List<Long> share(List<Long> all, int thread, int clients, int max) {
    int end = max / 3;
    List<Long> between = all.subList(end, all.size() - end);
    int places = max - 2 * end;
    // At least as many apart as there are clients, so that no two read the same.
    int apart = Math.max(clients, (between.size() + places - 1) / places);
    List<Long> share = new ArrayList<>(all.subList(0, end));
    for (int i = thread * apart / clients; i < between.size(); i += apart) {
      share.add(between.get(i));
    }
    share.addAll(all.subList(all.size() - end, all.size()));
    return share;
  }

  /** What each thread calls for its keys. */
  Map<Integer, List<Call>> calls(Function<List<Long>, List<Call>> ofKeys) {
    Map<Integer, List<Call>> calls = new TreeMap<>();
    byThread.forEach((thread, keys) -> calls.put(thread, ofKeys.apply(keys)));
    return calls;
  }
}
