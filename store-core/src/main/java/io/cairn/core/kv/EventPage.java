package io.cairn.core.kv;

import io.cairn.protocol.v1.Event;
import java.util.List;

/**
 * A part of the keyspace's history.
 *
 * @param events in the order of revisions and of places in them; a revision is never split
 * @param nextRevision where to go on
 */
public record EventPage(List<Event> events, long nextRevision) {
  /** Copies the list. */
  public EventPage {
    events = List.copyOf(events);
  }
}
