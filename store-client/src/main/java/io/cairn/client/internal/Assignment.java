package io.cairn.client.internal;

import io.cairn.client.Lost;
import io.cairn.protocol.v1.TaskStartResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A task that a worker was given, from the claim to the end. The worker's lease is the task's, too.
 * Any thread, unless said otherwise.
 */
final class Assignment implements Ownership {
  /** How far its handler is, in units of its own. */
  record Progress(long done, long total) {}

  private final Hold.OwnedName owned;
  private final Hold hold;
  private final NanoClock clock;
  private final Consumer<Assignment> whenOver;
  private final List<Consumer<Lost.Reason>> listeners = new ArrayList<>();
  private Optional<Thread> runner = Optional.empty();
  private Optional<Runnable> stopListener = Optional.empty();
  private volatile BarrierNews barriers;
  private volatile Optional<TaskStartResponse> start = Optional.empty();
  private volatile Optional<Lost.Reason> lost = Optional.empty();
  private volatile Progress progress = new Progress(0, 0);
  private volatile long ttlNanos = Long.MAX_VALUE;
  private volatile long startNanos;
  private volatile boolean ending;
  private volatile boolean stopping;

  /** {@code whenOver} is called when it is lost or has ended, on the thread that notices. */
  Assignment(Hold.OwnedName owned, Hold hold, NanoClock clock, Consumer<Assignment> whenOver) {
    this.owned = owned;
    this.hold = hold;
    this.clock = clock;
    this.whenOver = whenOver;
    this.barriers = new BarrierNews(clock.nanos());
  }

  /** What was heard of its job's barriers. */
  BarrierNews barriers() {
    return barriers;
  }

  /** From now on it hears together with the others of its job. */
  void share(BarrierNews news) {
    news.told(barriers);
    barriers = news;
  }

  Hold.OwnedName owned() {
    return owned;
  }

  /** The store has taken the acknowledgement. On the loop. */
  void started(TaskStartResponse response, long sentNanos) {
    startNanos = sentNanos;
    ttlNanos = Math.max(1, response.getDetection().getTtlMillis()) * 1_000_000L;
    start = Optional.of(response);
  }

  /** What the store said when it was acknowledged; empty: it is not yet. */
  Optional<TaskStartResponse> start() {
    return start;
  }

  /** What the handler has told last. */
  Progress progress() {
    return progress;
  }

  /** The handler tells. */
  void progress(long done, long total) {
    progress = new Progress(done, total);
  }

  @Override
  public boolean isAlive() {
    return lost.isEmpty() && hold.isAlive() && silentNanos() < ttlNanos;
  }

  /** Since the worker was heard of last, or since the task was acknowledged. */
  private long silentNanos() {
    return Math.min(hold.silentNanos(), clock.nanos() - startNanos);
  }

  @Override
  public Optional<Lost.Reason> lostReason() {
    return lost;
  }

  @Override
  public void lose(Lost.Reason reason) {
    List<Consumer<Lost.Reason>> told;
    synchronized (this) {
      if (lost.isPresent()) {
        return;
      }
      lost = Optional.of(reason);
      told = List.copyOf(listeners);
      runner.ifPresent(Thread::interrupt);
    }
    told.forEach(listener -> listener.accept(reason));
    whenOver.accept(this);
  }

  @Override
  public void onLost(Consumer<Lost.Reason> told) {
    Optional<Lost.Reason> before;
    synchronized (this) {
      listeners.add(told);
      before = lost;
    }
    before.ifPresent(told);
  }

  @Override
  public void disown() {
    ending = true;
  }

  /** True if the answer to its end decides, and nothing else that is heard of it. */
  boolean isEnding() {
    return ending;
  }

  @Override
  public void letGo() {
    whenOver.accept(this);
  }

  @Override
  public boolean isOfWorker() {
    return true;
  }

  /** The handler begins on this thread. */
  synchronized void enter() {
    runner = Optional.of(Thread.currentThread());
    if (lost.isPresent()) {
      Thread.currentThread().interrupt();
    }
  }

  /** The handler has returned; its thread is interrupted no more on its account. */
  synchronized void exit() {
    runner = Optional.empty();
    boolean unused = Thread.interrupted();
  }

  /** Asks the handler to stop. */
  void stop(Consumer<Runnable> caller) {
    Optional<Runnable> told;
    synchronized (this) {
      if (stopping) {
        return;
      }
      stopping = true;
      told = stopListener;
    }
    told.ifPresent(caller);
  }

  boolean isStopping() {
    return stopping;
  }

  /** Has {@code listener} called when the handler is asked to stop, or now. */
  void onStop(Runnable listener) {
    boolean now;
    synchronized (this) {
      stopListener = Optional.of(listener);
      now = stopping;
    }
    if (now) {
      listener.run();
    }
  }
}
