package io.cairn.server.raft;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.SnapshotResponse;
import io.cairn.server.group.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * When a group takes a snapshot: whenever somebody asks, and after so many bytes of entries. One at
 * a time. Any thread.
 */
final class SnapshotTriggers {
  private final Supplier<CompletableFuture<Void>> raft;
  private final LongSupplier appliedIndex;
  private final long logBytesMax;
  private final AtomicLong logBytes = new AtomicLong();
  private final AtomicBoolean underWay = new AtomicBoolean();

  /**
   * @param raft takes one and cuts the log
   * @param logBytesMax bytes of entries after which one is taken
   */
  SnapshotTriggers(
      Supplier<CompletableFuture<Void>> raft, LongSupplier appliedIndex, long logBytesMax) {
    this.raft = raft;
    this.appliedIndex = appliedIndex;
    this.logBytesMax = logBytesMax;
  }

  /** Takes one now; OVERLOADED if one is being taken. */
  void take(Reply<SnapshotResponse> reply) {
    long startNanos = System.nanoTime();
    long index = appliedIndex.getAsLong();
    if (!underWay.compareAndSet(false, true)) {
      reply.failed(Failures.of(ErrorCode.OVERLOADED, "a snapshot is being taken"));
      return;
    }
    var unused =
        take()
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    reply.failed(
                        Failures.of(
                            ErrorCode.INTERNAL, "no snapshot was taken: " + failure.getMessage()));
                    return;
                  }
                  reply.done(
                      SnapshotResponse.newBuilder()
                          .setIndex(index)
                          .setMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos))
                          .build());
                });
  }

  /** An entry of so many bytes was applied. On the applying thread. */
  void applied(long bytes) {
    if (logBytes.addAndGet(bytes) >= logBytesMax && underWay.compareAndSet(false, true)) {
      // Not on this thread: asking JRaft may wait for room in the queue that this thread empties.
      var unused = CompletableFuture.runAsync(() -> take().join());
    }
  }

  private CompletableFuture<Void> take() {
    logBytes.set(0);
    CompletableFuture<Void> taken;
    try {
      taken = raft.get();
    } catch (RuntimeException e) {
      taken = CompletableFuture.failedFuture(e);
    }
    return taken.whenComplete((done, failure) -> underWay.set(false));
  }
}
