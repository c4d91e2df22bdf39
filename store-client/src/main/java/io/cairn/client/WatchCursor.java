package io.cairn.client;

import java.time.Duration;
import java.util.Optional;

/** A watch whose changes are taken one by one. For one thread at a time. */
public interface WatchCursor extends AutoCloseable {
  /**
   * The next change, or empty when none came within {@code timeout}. Throws {@link CairnException}
   * when the watch has ended and all before has been taken.
   */
  Optional<WatchEvent> next(Duration timeout);

  /** Waits until the watch stands, and returns the first revision it tells of. */
  long awaitStart(Duration timeout);

  /** Ends the watch. */
  @Override
  void close();
}
