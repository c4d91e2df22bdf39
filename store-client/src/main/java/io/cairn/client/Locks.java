package io.cairn.client;

import java.time.Duration;
import java.util.Optional;

/**
 * Locks that fence: each holder gets a token, larger than that of all holders before, and a write
 * guarded by it changes nothing once the lock is lost.
 */
public interface Locks {
  /**
   * Waits for the lock, in the order of asking, for at most {@code timeout}; empty if it passes.
   */
  Optional<HeldLock> lock(String name, Duration timeout);

  /** Takes the lock if it is free now. */
  Optional<HeldLock> tryLock(String name);
}
