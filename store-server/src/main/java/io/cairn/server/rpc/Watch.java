package io.cairn.server.rpc;

import com.google.protobuf.ByteString;
import io.cairn.core.kv.KeyRange;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.WatchBatch;
import io.cairn.protocol.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * One watch: a range and a cursor. Every event of the range below the cursor has been sent, once
 * and in order; none from the cursor on. Watch thread only, but for the final fields.
 */
final class Watch {
  /** Bytes of events after which a batch is closed. */
  static final int BATCH_BYTES = 1024 * 1024;

  private final WatchSink sink;
  private final long id;
  private final WatchRequest request;
  private final KeyRange range;
  private long next;
  private long sentThrough;
  private boolean ended;
  private boolean quiet = true;

  Watch(WatchSink sink, long id, WatchRequest request, long createdRevision) {
    this.sink = sink;
    this.id = id;
    this.request = request;
    this.range = KeyRange.ofWatch(request);
    boolean fromNow = request.getStartRevision() == 0;
    next = fromNow ? createdRevision + 1 : request.getStartRevision();
    sentThrough = Math.min(createdRevision, next - 1);
  }

  WatchSink sink() {
    return sink;
  }

  long id() {
    return id;
  }

  KeyRange range() {
    return range;
  }

  /** The lowest revision whose events have not been sent. */
  long next() {
    return next;
  }

  /** The key, if it watches one only. */
  boolean watchesOneKey() {
    return range.rangeEnd().isEmpty();
  }

  ByteString key() {
    return range.key();
  }

  /** True if its events are to carry the versions that were replaced. */
  boolean wantsPrevious() {
    return request.getPrevKv();
  }

  boolean ended() {
    return ended;
  }

  void end() {
    ended = true;
  }

  boolean wants(Event event) {
    long revision = event.getKv().getModRevision();
    boolean filtered =
        event.getType() == Event.Type.DELETE ? request.getNoDelete() : request.getNoPut();
    return revision >= next && !filtered;
  }

  /** Moves the cursor behind {@code revision}: nothing in between concerns this watch. */
  void skipThrough(long revision) {
    next = Math.max(next, revision + 1);
    sentThrough = Math.max(sentThrough, revision);
  }

  /**
   * Sends those of {@code events} that it wants, in batches, and moves the cursor behind {@code
   * through}. The events are all of its range from the cursor to {@code through}.
   *
   * @return how many were sent
   */
  int send(List<Event> events, long through) {
    List<Event> batch = new ArrayList<>();
    long bytes = 0;
    long lastRevision = 0;
    int sent = 0;
    for (Event candidate : events) {
      if (!wants(candidate)) {
        continue;
      }
      Event event = request.getPrevKv() ? candidate : withoutPrevious(candidate);
      long revision = event.getKv().getModRevision();
      int size = event.getSerializedSize();
      if (!batch.isEmpty() && bytes + size > BATCH_BYTES) {
        boolean fragment = revision == lastRevision;
        sendBatch(batch, fragment ? revision - 1 : lastRevision, fragment);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(event);
      bytes += size;
      lastRevision = revision;
      sent++;
    }
    if (!batch.isEmpty()) {
      sendBatch(batch, through, false);
    }
    skipThrough(through);
    return sent;
  }

  /** Tells how far it has come, if it asked for that and nothing was sent since the last time. */
  void progress(long position) {
    if (request.getProgressNotify() && quiet && sink.hasRoom()) {
      skipSentThrough(position);
      sink.send(WatchBatch.newBuilder().setWatchId(id).setRevision(sentThrough).build());
    }
    quiet = true;
  }

  /** Ends it, telling why. */
  void cancel(Failure failure) {
    ended = true;
    sink.send(
        WatchBatch.newBuilder()
            .setWatchId(id)
            .setRevision(sentThrough)
            .setCancelled(failure)
            .build());
  }

  private void skipSentThrough(long position) {
    sentThrough = Math.max(sentThrough, position);
  }

  private void sendBatch(List<Event> events, long revision, boolean fragment) {
    quiet = false;
    sentThrough = Math.max(sentThrough, revision);
    sink.send(
        WatchBatch.newBuilder()
            .setWatchId(id)
            .setRevision(revision)
            .addAllEvents(events)
            .setFragment(fragment)
            .build());
  }

  private static Event withoutPrevious(Event event) {
    return event.hasPrevKv() ? event.toBuilder().clearPrevKv().build() : event;
  }
}
