package io.cairn.server.rpc;

import io.cairn.core.engine.CommittedBatch;
import io.cairn.core.kv.EventPage;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.WatchCreated;
import io.cairn.protocol.v1.WatchRequest;
import io.cairn.server.ops.ServerMetrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All watches of a group and where each stands. Watch thread only.
 *
 * <p>A watch is a cursor. It is <em>synced</em> when its cursor lies above {@code position}, the
 * last revision seen here: then it gets its events from the batches as they come. Otherwise it is
 * <em>behind</em>: pages are read for it, from its cursor on, one at a time over all watches, until
 * its cursor passes the position. One whose stream has no room waits as <em>blocked</em>, with
 * nothing kept but the cursor, and is behind once there is room. A gap between batches, be it that
 * too much waited for the watch thread or that a snapshot replaced the state, makes every synced
 * watch a behind one. So no event is missed, doubled or reordered, and memory does not grow with
 * slow readers.
 *
 * <p>Batches do not have previous versions. They are read once for all watches that want them; if
 * they are too large, these watches become behind ones.
 */
final class WatchBoard {
  /** Reads what batches do not have: pages of history, and previous versions. */
  interface PageReader {
    /**
     * Starts reading a page of history, which comes to {@link #caughtUp} or {@link #readFailed};
     * false if the server is stopping.
     */
    boolean read(Watch watch, long from);

    /** Adds previous versions to events, at once; empty if they are too large or it failed. */
    Optional<List<Event>> complete(List<Event> events);
  }

  private final PageReader reader;
  private final ServerMetrics metrics;
  private final Runnable onForgotten;

  private final Map<WatchSink, Map<Long, Watch>> watches = new HashMap<>();
  private final WatchIndex synced = new WatchIndex();
  private final Deque<Watch> behind = new ArrayDeque<>();
  private final Map<WatchSink, Set<Watch>> blocked = new HashMap<>();
  private final RecentEvents recent = new RecentEvents();
  private long position = -1;
  private boolean reading;

  /**
   * An empty board.
   *
   * @param onForgotten runs once for each watch that was put up and is gone
   */
  WatchBoard(PageReader reader, ServerMetrics metrics, Runnable onForgotten) {
    this.reader = reader;
    this.metrics = metrics;
    this.onForgotten = onForgotten;
  }

  /**
   * Puts up a watch and answers; or refuses, then the watch never was.
   *
   * @param revision of a view opened after the request came
   */
  void stand(WatchSink sink, long id, WatchRequest request, long revision) {
    Map<Long, Watch> mine = watches.getOrDefault(sink, Map.of());
    if (mine.containsKey(id)) {
      refuse(
          sink, id, ErrorMapping.failure(ErrorCode.INVALID_ARGUMENT, "watch " + id + " is there"));
      return;
    }
    if (mine.size() >= Limits.WATCHES_MAX) {
      String reason = Limits.WATCHES_MAX + " watches stand on this stream, and no more may";
      refuse(
          sink,
          id,
          ErrorMapping.failure(
              ErrorCode.TOO_MANY, reason, Limits.WATCHES_MAX, Limits.WATCHES_MAX + 1L));
      return;
    }
    if (watches.isEmpty() && revision > position) {
      // Nobody watched, so batches were not looked at: the view says where the group is.
      position = revision;
      recent.clear();
    }
    Watch watch = new Watch(sink, id, request, revision);
    watches.computeIfAbsent(sink, key -> new HashMap<>()).put(id, watch);
    sink.answer(
        Answer.newBuilder()
            .setId(id)
            .setWatchCreated(WatchCreated.newBuilder().setRevision(revision))
            .build());
    settle(watch);
    readNext();
  }

  /** Takes one watch down, if it is there. */
  void cancel(WatchSink sink, long id) {
    Watch watch = watches.getOrDefault(sink, Map.of()).get(id);
    if (watch != null) {
      forget(watch);
    }
  }

  /** Takes all watches of a stream down. */
  void gone(WatchSink sink) {
    List.copyOf(watches.getOrDefault(sink, Map.of()).values()).forEach(this::forget);
  }

  /** The stream has room again. */
  void roomAgain(WatchSink sink) {
    Set<Watch> waiting = blocked.remove(sink);
    if (waiting != null) {
      behind.addAll(waiting);
      readNext();
    }
  }

  /** Tells quiet watches that asked for it how far they are. */
  void progress() {
    synced.forEach(watch -> watch.progress(position));
  }

  /** Gives each synced watch its part of a batch. */
  void push(CommittedBatch batch) {
    if (batch.kvEvents().isEmpty() || batch.revision() <= position) {
      return;
    }
    if (revision(batch.kvEvents().get(0)) > position + 1) {
      fallBehind(batch.revision());
      return;
    }
    List<Event> events = batch.kvEvents();
    if (revision(events.get(0)) <= position) {
      events = events.stream().filter(event -> revision(event) > position).toList();
    }
    Map<Watch, List<Event>> matched = synced.match(events);
    IdentityHashMap<Event, Event> full = completed(matched);
    long before = position;
    matched.forEach(
        (watch, wanted) -> {
          watch.skipThrough(before);
          List<Event> whole =
              watch.wantsPrevious() ? wanted.stream().map(full::get).toList() : wanted;
          if (!watch.sink().hasRoom()) {
            synced.remove(watch);
            block(watch);
          } else if (whole.contains(null)) {
            synced.remove(watch);
            behind.add(watch);
          } else {
            metrics.watchEvents(watch.send(whole, batch.revision()));
          }
        });
    recent.add(events);
    position = batch.revision();
    readNext();
  }

  /** A page has been read. */
  void caughtUp(Watch watch, EventPage page) {
    reading = false;
    if (!watch.ended()) {
      if (watch.sink().hasRoom()) {
        metrics.watchEvents(watch.send(page.events(), page.nextRevision() - 1));
        settle(watch);
      } else {
        block(watch);
      }
    }
    readNext();
  }

  /** A page could not be read: compacted, most likely. */
  void readFailed(Watch watch, Failure failure) {
    reading = false;
    if (!watch.ended()) {
      watch.cancel(failure);
      forget(watch);
    }
    readNext();
  }

  /** Batches up to {@code revision} were not seen: every watch they may concern reads them. */
  void fallBehind(long revision) {
    if (revision > position) {
      List<Watch> all = new ArrayList<>();
      synced.forEach(all::add);
      for (Watch watch : all) {
        if (watch.next() <= revision) {
          synced.remove(watch);
          watch.skipThrough(position);
          behind.add(watch);
        }
      }
      position = revision;
      recent.clear();
    }
    readNext();
  }

  /** Puts a watch where its cursor belongs. */
  private void settle(Watch watch) {
    if (watch.next() <= position && recent.reachBackTo(watch.next()) && watch.sink().hasRoom()) {
      List<Event> rest =
          recent.all().stream()
              .filter(event -> watch.range().matches(event.getKv().getKey()) && watch.wants(event))
              .toList();
      Optional<List<Event>> whole =
          watch.wantsPrevious() && !rest.isEmpty() ? reader.complete(rest) : Optional.of(rest);
      whole.ifPresent(all -> metrics.watchEvents(watch.send(all, position)));
    }
    if (watch.next() > position) {
      synced.add(watch);
    } else {
      behind.add(watch);
    }
  }

  private void readNext() {
    while (!reading && !behind.isEmpty()) {
      Watch watch = behind.remove();
      if (!watch.sink().hasRoom()) {
        block(watch);
      } else {
        reading = reader.read(watch, watch.next());
      }
    }
  }

  /** By each event that a watch wants with the version before: the event with it. */
  private IdentityHashMap<Event, Event> completed(Map<Watch, List<Event>> matched) {
    Set<Event> bare = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Event> inOrder = new ArrayList<>();
    matched.forEach(
        (watch, wanted) -> {
          if (watch.wantsPrevious() && watch.sink().hasRoom()) {
            wanted.stream().filter(bare::add).forEach(inOrder::add);
          }
        });
    IdentityHashMap<Event, Event> full = new IdentityHashMap<>();
    if (!inOrder.isEmpty()) {
      List<Event> whole = reader.complete(inOrder).orElse(List.of());
      for (int i = 0; i < whole.size(); i++) {
        full.put(inOrder.get(i), whole.get(i));
      }
    }
    return full;
  }

  private void block(Watch watch) {
    blocked.computeIfAbsent(watch.sink(), key -> new LinkedHashSet<>()).add(watch);
  }

  private void forget(Watch watch) {
    watch.end();
    synced.remove(watch);
    behind.remove(watch);
    Set<Watch> waiting = blocked.get(watch.sink());
    if (waiting != null && waiting.remove(watch) && waiting.isEmpty()) {
      blocked.remove(watch.sink());
    }
    Map<Long, Watch> mine = watches.get(watch.sink());
    if (mine != null && mine.remove(watch.id(), watch)) {
      onForgotten.run();
      if (mine.isEmpty()) {
        watches.remove(watch.sink());
      }
    }
  }

  private void refuse(WatchSink sink, long id, Failure failure) {
    onForgotten.run();
    sink.answer(Answer.newBuilder().setId(id).setFailure(failure).build());
  }

  private static long revision(Event event) {
    return event.getKv().getModRevision();
  }
}
