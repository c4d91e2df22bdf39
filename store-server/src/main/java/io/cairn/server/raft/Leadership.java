package io.cairn.server.raft;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node leads, as its state machine has seen it. Written by the applying thread, read
 * by any.
 */
final class Leadership {
  private final LongSupplier nanoTime;
  private volatile @Nullable Reign reign;

  Leadership(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A term begins, or is announced again, which JRaft does after a transfer that did not happen.
   */
  void start(long term, long logTimeMillis) {
    Reign now = reign;
    if (now == null || now.term() != term) {
      reign = new Reign(term, logTimeMillis, nanoTime);
    }
  }

  void stop() {
    reign = null;
  }

  Optional<Reign> current() {
    return Optional.ofNullable(reign);
  }

  /** True if this node leads in {@code term} and has applied its first command. */
  boolean confirmedIn(long term) {
    Reign now = reign;
    return now != null && now.term() == term && now.confirmed();
  }

  /** True if this node leads and has applied its first command. */
  boolean confirmed() {
    Reign now = reign;
    return now != null && now.confirmed();
  }
}
