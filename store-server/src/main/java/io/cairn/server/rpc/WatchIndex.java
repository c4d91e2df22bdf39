package io.cairn.server.rpc;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The watches that have seen all there is, by what they watch: one key each, or a range. Watch
 * thread only.
 */
final class WatchIndex {
  private final Map<ByteString, Set<Watch>> byKey = new HashMap<>();
  private final Set<Watch> ranges = new LinkedHashSet<>();

  void add(Watch watch) {
    if (watch.watchesOneKey()) {
      byKey.computeIfAbsent(watch.key(), key -> new LinkedHashSet<>()).add(watch);
    } else {
      ranges.add(watch);
    }
  }

  void remove(Watch watch) {
    if (!watch.watchesOneKey()) {
      ranges.remove(watch);
      return;
    }
    Set<Watch> sameKey = byKey.get(watch.key());
    if (sameKey != null && sameKey.remove(watch) && sameKey.isEmpty()) {
      byKey.remove(watch.key());
    }
  }

  /** Which watches want which of the events, in the events' order. */
  Map<Watch, List<Event>> match(List<Event> events) {
    Map<Watch, List<Event>> matched = new LinkedHashMap<>();
    for (Event event : events) {
      ByteString key = event.getKv().getKey();
      for (Watch watch : byKey.getOrDefault(key, Set.of())) {
        note(matched, watch, event);
      }
      for (Watch watch : ranges) {
        if (watch.range().matches(key)) {
          note(matched, watch, event);
        }
      }
    }
    return matched;
  }

  /** Every watch; the consumer must not change the index. */
  void forEach(Consumer<Watch> consumer) {
    byKey.values().forEach(watches -> watches.forEach(consumer));
    ranges.forEach(consumer);
  }

  private static void note(Map<Watch, List<Event>> matched, Watch watch, Event event) {
    if (watch.wants(event)) {
      matched.computeIfAbsent(watch, key -> new ArrayList<>()).add(event);
    }
  }
}
