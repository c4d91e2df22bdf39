package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.WatchEvent;
import io.cairn.client.WatchOp;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.WatchBatch;
import io.cairn.protocol.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * A watch over all its connections: each event is handed on once, in revision order. It remembers
 * the lowest revision not wholly handed on and how many events of that one were, and goes on there.
 * Belongs to the loop, but for {@link #nextRevision}.
 *
 * <p>A consumer that falls behind pauses the watch; it is taken back at the server and stated anew
 * later, so that what is kept here is bounded.
 */
final class StandingWatch implements Subscription {
  /** Where events go. Called on the loop. */
  interface Consumer {
    void started(long revision);

    /** Takes events; false: no more until {@link StandingWatch#resume}. */
    boolean take(List<WatchEvent> events);

    void ended(CairnException why);
  }

  private final WatchOp op;
  private final Requests requests;
  private final Consumer consumer;
  private volatile long next;
  private int handedOfNext;
  private int skipOfNext;
  private boolean started;
  private boolean paused;
  private boolean closed;

  StandingWatch(WatchOp op, Requests requests, Consumer consumer) {
    this.op = op;
    this.requests = requests;
    this.consumer = consumer;
    this.next = op.fromRevision();
  }

  /** Starts it. Any thread. */
  void start() {
    boolean runs =
        requests
            .context()
            .loop()
            .offer(
                () -> {
                  if (!closed) {
                    requests.work().subscribe(this);
                  }
                });
    if (!runs || requests.isClosed()) {
      consumer.ended(new CairnException(ErrorCode.CLOSED, "the client is closed"));
    }
  }

  /** Goes on after the consumer had enough. Any thread. */
  void resume() {
    requests
        .context()
        .loop()
        .execute(
            () -> {
              if (paused && !closed) {
                paused = false;
                requests.work().subscribe(this);
              }
            });
  }

  /** Ends it without telling the consumer. Any thread. */
  void close() {
    requests
        .context()
        .loop()
        .execute(
            () -> {
              closed = true;
              requests.work().unsubscribe(this);
            });
  }

  /** The lowest revision not wholly handed on; 0: not known yet. Any thread. */
  long nextRevision() {
    return next;
  }

  @Override
  public Request request() {
    skipOfNext = handedOfNext;
    return Request.newBuilder()
        .setGroup(LinkContext.GROUP)
        .setWatch(
            WatchRequest.newBuilder()
                .setKey(KvWire.wire(op.keys().from()))
                .setRangeEnd(KvWire.wire(op.keys().end()))
                .setStartRevision(next)
                .setPrevKv(op.previous())
                .setNoPut(op.noPuts())
                .setNoDelete(op.noDeletes())
                .setProgressNotify(true))
        .build();
  }

  @Override
  public void stands(long revision) {
    if (next == 0) {
      advance(revision + 1);
    }
    if (!started) {
      started = true;
      consumer.started(next);
    }
  }

  @Override
  public void batch(WatchBatch batch) {
    if (paused || closed) {
      return;
    }
    List<WatchEvent> fresh = new ArrayList<>();
    for (Event event : batch.getEventsList()) {
      if (isFresh(event.getKv().getModRevision())) {
        fresh.add(KvWire.event(event));
      }
    }
    if (!batch.getFragment() && !batch.hasCancelled()) {
      advance(batch.getRevision() + 1);
    }
    if (!fresh.isEmpty() && !consumer.take(fresh)) {
      paused = true;
      requests.work().unsubscribe(this);
    }
  }

  @Override
  public void ended(Failure why) {
    if (!closed) {
      closed = true;
      consumer.ended(Failures.of(why));
    }
  }

  private boolean isFresh(long revision) {
    if (revision < next) {
      return false;
    }
    advance(revision);
    if (skipOfNext > 0) {
      skipOfNext--;
      return false;
    }
    handedOfNext++;
    return true;
  }

  private void advance(long revision) {
    if (revision > next) {
      next = revision;
      handedOfNext = 0;
      skipOfNext = 0;
    }
  }
}
