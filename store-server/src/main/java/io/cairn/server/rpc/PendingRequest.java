package io.cairn.server.rpc;

import io.cairn.protocol.v1.Lane;
import java.util.concurrent.atomic.AtomicBoolean;

/** A request that a stream has not answered, or whose place in admission is still held. */
final class PendingRequest {
  /** Of requests that have no deadline here. */
  static final long NEVER = Long.MAX_VALUE;

  private final long id;
  private final Lane lane;
  private final int bytes;
  private final long deadlineNanos;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final AtomicBoolean left = new AtomicBoolean();
  private volatile boolean proposed;

  PendingRequest(long id, Lane lane, int bytes, long deadlineNanos) {
    this.id = id;
    this.lane = lane;
    this.bytes = bytes;
    this.deadlineNanos = deadlineNanos;
  }

  long id() {
    return id;
  }

  /** True for the one caller that may answer. */
  boolean claimAnswer() {
    return answered.compareAndSet(false, true);
  }

  boolean isAnswered() {
    return answered.get();
  }

  void markProposed() {
    proposed = true;
  }

  /** True if it may have an effect. */
  boolean isProposed() {
    return proposed;
  }

  boolean isLate(long nowNanos) {
    return deadlineNanos != NEVER && nowNanos - deadlineNanos >= 0;
  }

  /** Gives its place back, once. */
  void leave(Admission admission) {
    if (left.compareAndSet(false, true)) {
      admission.leave(lane, bytes);
    }
  }
}
