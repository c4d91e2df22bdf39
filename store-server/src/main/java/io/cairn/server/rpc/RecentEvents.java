package io.cairn.server.rpc;

import io.cairn.protocol.v1.Event;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last events of the group, whole revisions without a gap, up to a bound in bytes. Lets a watch
 * that caught up but for the newest batches join without another read. Watch thread only.
 */
final class RecentEvents {
  private static final long BYTES_MAX = 2L * 1024 * 1024;

  private final Deque<Event> events = new ArrayDeque<>();
  private long bytes;
  private long first = Long.MAX_VALUE;

  /** Adds the next revisions. */
  void add(List<Event> batch) {
    for (Event event : batch) {
      if (events.isEmpty()) {
        first = Math.min(first, event.getKv().getModRevision());
      }
      events.add(event);
      bytes += event.getSerializedSize();
    }
    while (bytes > BYTES_MAX) {
      dropOldestRevision();
    }
  }

  /** Forgets all: the next events do not follow these. */
  void clear() {
    events.clear();
    bytes = 0;
    first = Long.MAX_VALUE;
  }

  /** True if all events from {@code revision} on are here. */
  boolean reachBackTo(long revision) {
    return revision >= first;
  }

  /** All of them, in order. */
  List<Event> all() {
    return List.copyOf(events);
  }

  private void dropOldestRevision() {
    long oldest = events.element().getKv().getModRevision();
    for (Event event = events.peek();
        event != null && event.getKv().getModRevision() == oldest;
        event = events.peek()) {
      bytes -= event.getSerializedSize();
      events.remove();
    }
    first = oldest + 1;
  }
}
