package io.cairn.server.rpc;

import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskWatch;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which stream wants to hear of which tasks. Watch thread only. */
final class TaskWishes {
  /** A stream's wish, with its leases ready to be looked up. */
  private record Wish(TaskWatch watch, Set<Long> leases) {
    boolean matches(TaskEvent event) {
      if (event.getLease() != 0 && leases.contains(event.getLease())) {
        return true;
      }
      return watch.getAll()
          && event.getName().getNamespace().equals(watch.getNamespace())
          && event.getName().getName().startsWith(watch.getNamePrefix());
    }
  }

  private final Map<WatchSink, Wish> wishes = new LinkedHashMap<>();

  /** Replaces the stream's wish; one without leases and prefix takes it back. */
  void put(WatchSink sink, TaskWatch watch) {
    if (watch.getLeasesCount() == 0 && !watch.getAll()) {
      wishes.remove(sink);
    } else {
      wishes.put(sink, new Wish(watch, new HashSet<>(watch.getLeasesList())));
    }
  }

  void remove(WatchSink sink) {
    wishes.remove(sink);
  }

  boolean has(WatchSink sink) {
    return wishes.containsKey(sink);
  }

  void send(List<TaskEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    wishes.forEach(
        (sink, wish) -> events.stream().filter(wish::matches).forEach(event -> sink.send(event)));
  }
}
