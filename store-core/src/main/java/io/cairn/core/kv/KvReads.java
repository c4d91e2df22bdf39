package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.KvRow;
import io.cairn.core.storage.v1.LatestRow;
import io.cairn.core.storage.v1.RevisionRow;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RangeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads of the keyspace, present and past. Any thread, each on its own view. */
public final class KvReads {
  private KvReads() {}

  /**
   * Reads keys as etcd's Range does. An answer is cut at {@link Limits#ANSWER_BYTES_MAX}, with more
   * set. Refuses INVALID_ARGUMENT, TOO_LARGE, COMPACTED, FUTURE_REVISION.
   */
  public static RangeResponse range(ReadView view, RangeRequest request) {
    return range(view, request, Limits.ANSWER_BYTES_MAX);
  }

  /** Reads keys, and cuts the answer at {@code bytesMax}. */
  static RangeResponse range(ReadView view, RangeRequest request, long bytesMax) {
    KeyRange range = new KeyRange(request.getKey(), request.getRangeEnd());
    RangeSelection selection = new RangeSelection(request, bytesMax);
    long revision = KvRows.readRevision(view, request.getRevision());
    if (range.single()) {
      byte[] key = range.from();
      LatestRow latest = KvRows.latest(view, key);
      if (latest != null && latest.getModRevision() <= revision) {
        selection.offer(key, KvRows.withoutValue(latest), () -> KvRows.value(view, key, latest));
      } else if (revision < view.counter(Counter.REVISION)) { // at the present there is no other
        KvRow row = KvRows.before(view, key, revision + 1);
        if (row != null) {
          selection.offer(key, row, row::getValue);
        }
      }
    } else if (!range.empty()) {
      try (VersionCursor cursor = VersionCursor.open(view, range.from(), range.to(), revision)) {
        while (cursor.next()) {
          if (selection.onlyCounts()) {
            selection.count();
          } else {
            selection.offer(cursor.key(), cursor.row(), cursor::value);
          }
        }
      }
    }
    return selection.response();
  }

  /**
   * Reads changes in the order they were made, for a watch that starts in the past. Previous
   * versions are given above the compacted revision: at it, they may be gone. Refuses COMPACTED
   * below it.
   */
  public static EventPage history(ReadView view, HistoryWindow window) {
    KvRows.refuseCompacted(view, window.fromRevision());
    long to = Math.min(window.toRevision(), view.counter(Counter.REVISION));
    List<Event> events = new ArrayList<>();
    if (window.fromRevision() > to) {
      return new EventPage(events, window.fromRevision());
    }
    long compacted = view.counter(Counter.COMPACTED);
    long last = window.fromRevision();
    long bytes = 0;
    int rows = 0;
    byte[] from = KeyLayout.revision(last, 0);
    try (Cursor cursor =
        view.ascend(ColumnFamily.KV_REVISION, from, KeyLayout.revision(to + 1, 0))) {
      while (cursor.next()) {
        long revision = KeyLayout.readLong(cursor.key(), 0);
        if (revision != last && (rows >= window.rowsMax() || bytes >= window.bytesMax())) {
          return new EventPage(events, revision);
        }
        last = revision;
        rows++;
        RevisionRow row = KvRows.parseRevision(cursor.value());
        if (window.range().matches(row.getKey())) {
          Event event = event(view, row, revision, revision > compacted);
          events.add(event);
          bytes += event.getSerializedSize();
        }
      }
    }
    return new EventPage(events, to + 1);
  }

  /**
   * Gives events of {@link io.cairn.core.engine.CommittedBatch}es the versions that their changes
   * replaced, as {@link #history} does. Empty if all together would be over {@code bytesMax} bytes.
   */
  public static Optional<List<Event>> withPrevious(
      ReadView view, List<Event> events, long bytesMax) {
    long compacted = view.counter(Counter.COMPACTED);
    List<Event> full = new ArrayList<>(events.size());
    long bytes = 0;
    for (Event event : events) {
      ByteString key = event.getKv().getKey();
      long revision = event.getKv().getModRevision();
      KvRow previous =
          revision > compacted ? KvRows.before(view, key.toByteArray(), revision) : null;
      Event one =
          previous == null
              ? event
              : event.toBuilder().setPrevKv(KvRows.version(key, previous)).build();
      full.add(one);
      bytes += one.getSerializedSize();
      if (bytes > bytesMax) {
        return Optional.empty();
      }
    }
    return Optional.of(full);
  }

  private static Event event(
      ReadView view, RevisionRow row, long revision, boolean previousIsKept) {
    ByteString key = row.getKey();
    byte[] bytes = key.toByteArray();
    Event.Builder event = Event.newBuilder();
    if (row.getDeleted()) {
      event.setType(Event.Type.DELETE).setKv(deletion(key, revision));
    } else {
      event.setKv(KvRows.version(key, KvRows.version(view, bytes, revision)));
    }
    if (previousIsKept && row.getPreviousRevision() != 0) {
      KvRow previous = KvRows.version(view, bytes, row.getPreviousRevision());
      event.setPrevKv(KvRows.version(key, previous));
    }
    return event.build();
  }

  /** What an event says of a deleted key. */
  static KeyValue deletion(ByteString key, long revision) {
    return KeyValue.newBuilder().setKey(key).setModRevision(revision).build();
  }
}
