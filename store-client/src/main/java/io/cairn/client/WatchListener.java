package io.cairn.client;

import java.util.List;

/**
 * Hears of changes, one call at a time, on the client's callback thread. It may block: the client
 * then stops taking in changes for this watch, and fetches them later.
 */
public interface WatchListener {
  /** Changes in revision order. */
  void onEvents(List<WatchEvent> events);

  /** The watch stands; all changes from {@code revision} on will be told. */
  default void onStart(long revision) {}

  /**
   * The watch has ended by itself: COMPACTED with the lowest revision kept as expected, or the
   * client was closed. Not called after {@link Watch#close()}.
   */
  default void onEnd(CairnException why) {}
}
