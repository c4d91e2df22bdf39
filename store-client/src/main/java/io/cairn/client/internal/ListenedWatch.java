package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.Watch;
import io.cairn.client.WatchEvent;
import io.cairn.client.WatchListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** A watch with a listener: events gather here until the callback thread hands them on. */
final class ListenedWatch implements Watch, StandingWatch.Consumer {
  private static final int EVENTS_MAX = 8_192;

  private final WatchListener listener;
  private final Callbacks callbacks;
  private final Queue<WatchEvent> events = new ArrayDeque<>();
  private Optional<StandingWatch> watch = Optional.empty();
  private Optional<CairnException> end = Optional.empty();
  private Optional<Long> start = Optional.empty();
  private boolean called;
  private boolean full;
  private volatile boolean closed;

  ListenedWatch(WatchListener listener, Callbacks callbacks) {
    this.listener = listener;
    this.callbacks = callbacks;
  }

  void start(StandingWatch standing) {
    synchronized (this) {
      watch = Optional.of(standing);
    }
    standing.start();
  }

  @Override
  public synchronized long nextRevision() {
    return watch.map(StandingWatch::nextRevision).orElse(0L);
  }

  @Override
  public void close() {
    closed = true;
    Optional<StandingWatch> standing;
    synchronized (this) {
      standing = watch;
      events.clear();
    }
    standing.ifPresent(StandingWatch::close);
  }

  @Override
  public synchronized void started(long revision) {
    start = Optional.of(revision);
    call();
  }

  @Override
  public synchronized boolean take(List<WatchEvent> fresh) {
    events.addAll(fresh);
    full = events.size() >= EVENTS_MAX;
    call();
    return !full;
  }

  @Override
  public synchronized void ended(CairnException why) {
    end = Optional.of(why);
    call();
  }

  private synchronized void call() {
    if (!called) {
      called = true;
      callbacks.run(this::handOn);
    }
  }

  private void handOn() {
    Optional<Long> nowStarted;
    Optional<CairnException> nowEnded;
    List<WatchEvent> batch;
    boolean resume;
    synchronized (this) {
      called = false;
      nowStarted = start;
      start = Optional.empty();
      nowEnded = end;
      batch = new ArrayList<>(events);
      events.clear();
      resume = full;
      full = false;
    }
    if (closed) {
      return;
    }
    nowStarted.ifPresent(listener::onStart);
    if (!batch.isEmpty()) {
      listener.onEvents(List.copyOf(batch));
    }
    nowEnded.ifPresent(listener::onEnd);
    if (resume) {
      synchronized (this) {
        watch.ifPresent(StandingWatch::resume);
      }
    }
  }
}
