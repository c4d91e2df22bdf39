package io.cairn.server.group;

import io.cairn.core.engine.CommittedBatch;
import io.cairn.protocol.v1.LeaderHint;

/** Hears what happens to a group, on the applying thread: must not block or throw. */
public interface GroupListener {
  /** Effects that are now visible in views. Never called for entries that a restart replays. */
  void committed(CommittedBatch batch);

  /** Leadership changed, or became known. */
  void leaderChanged(LeaderHint leader);

  /**
   * The state was replaced by a snapshot: events between the last batch and this revision were not
   * seen.
   */
  void restored(long revision);
}
