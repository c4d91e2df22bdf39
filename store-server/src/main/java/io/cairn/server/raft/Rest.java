package io.cairn.server.raft;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The rest of a thread that has seen all that was applied, and would look for nothing until more
 * is. It may not be missed: either the beginning of a rest sees that more was applied, or the
 * applying thread sees the rest. Each writes what the other reads before it reads, so both cannot
 * miss it.
 *
 * <p>One thread begins rests; any ends them.
 */
final class Rest {
  private final LongSupplier appliedIndex;
  private final AtomicBoolean resting = new AtomicBoolean();

  /**
   * A rest that has not begun.
   *
   * @param appliedIndex what is applied now; it has risen before {@link #end} is called for it
   */
  Rest(LongSupplier appliedIndex) {
    this.appliedIndex = appliedIndex;
  }

  /**
   * Begins to rest, having seen what {@code seenIndex} left; false if more has been applied since.
   */
  boolean begin(long seenIndex) {
    resting.set(true);
    if (appliedIndex.getAsLong() == seenIndex) {
      return true;
    }
    end();
    return false;
  }

  /** Ends it; true to one caller for each rest. Costs a read when there is none. */
  boolean end() {
    return resting.get() && resting.compareAndSet(true, false);
  }
}
