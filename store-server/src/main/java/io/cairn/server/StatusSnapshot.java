package io.cairn.server;

import io.cairn.protocol.v1.GroupStatus;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The status of a group, asked for at most a few times a second however many gauges read it. */
final class StatusSnapshot {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** A status, and when it was taken. */
  private record Taken(GroupStatus status, long atNanos) {}

  private final Supplier<GroupStatus> source;
  private volatile Taken taken;

  StatusSnapshot(Supplier<GroupStatus> source) {
    this.source = source;
    this.taken = new Taken(GroupStatus.getDefaultInstance(), System.nanoTime() - 2 * FRESH_NANOS);
  }

  /** The status, at most a quarter of a second old. Any thread. */
  GroupStatus get() {
    Taken last = taken;
    long now = System.nanoTime();
    if (now - last.atNanos() < FRESH_NANOS) {
      return last.status();
    }
    Taken fresh = new Taken(source.get(), now);
    taken = fresh;
    return fresh.status();
  }
}
