package io.cairn.client.internal;

import io.cairn.client.Lost;
import io.cairn.client.TaskName;
import io.cairn.protocol.v1.TaskEvent;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One lease as this client counts it: from the time a renewal was sent, not from its answer, on a
 * monotonic clock (I10 on the client's side). So it is over here before it is over in the store.
 * Any thread.
 */
final class Hold {
  /** The task that hangs on the lease, and under which epoch. */
  record OwnedName(TaskName name, long epoch) {}

  /** Who is told of the events that concern the lease. On the loop. */
  interface Follower {
    /** An event was pushed. */
    void told(TaskEvent event);

    /** From here on events are pushed; those before may have been missed. */
    void stands();
  }

  private final long lease;
  private final long ttlNanos;
  private final NanoClock clock;
  private volatile Optional<Lost.Reason> lost = Optional.empty();
  private volatile Optional<OwnedName> owned = Optional.empty();
  private volatile Optional<Follower> follower = Optional.empty();
  private volatile boolean reported;
  private Optional<Consumer<Lost.Reason>> listener = Optional.empty();
  private volatile long aliveUntilNanos;

  /** A lease that was asked for at {@code sentNanos}. */
  Hold(long lease, long ttlNanos, long sentNanos, NanoClock clock) {
    this.lease = lease;
    this.ttlNanos = ttlNanos;
    this.clock = clock;
    this.aliveUntilNanos = sentNanos + ttlNanos;
  }

  long lease() {
    return lease;
  }

  long ttlNanos() {
    return ttlNanos;
  }

  Optional<OwnedName> owned() {
    return owned;
  }

  /** Says what hangs on the lease. */
  void own(OwnedName name) {
    owned = Optional.of(name);
  }

  /**
   * Says that its owner is about to give up what hangs on it: from here on the answer to that
   * decides, not a renewal that overtakes the answer and finds the task already ended.
   */
  void disown() {
    owned = Optional.empty();
  }

  Optional<Follower> follower() {
    return follower;
  }

  /** Says who follows what happens to the tasks that hang on the lease. */
  void follow(Follower by) {
    follower = Optional.of(by);
  }

  /** True if the reports of a worker renew it, so that the heartbeat need not. */
  boolean isReported() {
    return reported;
  }

  /** Says whether reports renew it. */
  void reported(boolean now) {
    reported = now;
  }

  /** True if events that concern it are wanted. */
  boolean wantsEvents() {
    return owned.isPresent() || follower.isPresent();
  }

  /** Nanoseconds since the last renewal that was done was sent. */
  long silentNanos() {
    return clock.nanos() - (aliveUntilNanos - ttlNanos);
  }

  /** Tells {@code told} once that the lease is over, where it is noticed, or now. */
  void onLost(Consumer<Lost.Reason> told) {
    Optional<Lost.Reason> before;
    synchronized (this) {
      listener = Optional.of(told);
      before = lost;
    }
    before.ifPresent(told);
  }

  /** True as long as the store cannot have ended the lease. */
  boolean isAlive() {
    return lost.isEmpty() && clock.nanos() - aliveUntilNanos < 0;
  }

  /** Why it is over, if that was noticed. */
  Optional<Lost.Reason> lostReason() {
    return lost;
  }

  /** Nanoseconds until it runs out; not positive: it has. */
  long leftNanos() {
    return aliveUntilNanos - clock.nanos();
  }

  /** A renewal sent at {@code sentNanos} was done. One that ran out stays so. */
  synchronized void renewed(long sentNanos) {
    if (isAlive() && sentNanos + ttlNanos - aliveUntilNanos > 0) {
      aliveUntilNanos = sentNanos + ttlNanos;
    }
  }

  /** Ends it, if it has not ended. */
  void lose(Lost.Reason reason) {
    Optional<Consumer<Lost.Reason>> told;
    synchronized (this) {
      if (lost.isPresent()) {
        return;
      }
      lost = Optional.of(reason);
      told = listener;
    }
    told.ifPresent(listening -> listening.accept(reason));
  }
}
