package io.cairn.server.raft;

import java.io.IOException;

/**
 * The state machine's word on whether this log can be the one its database was applied from.
 *
 * <p>Called once per start, after the log is opened and before the node votes, elects or answers.
 */
@FunctionalInterface
public interface StartCheck {
  /** For state machines without a database of their own. */
  StartCheck NONE = (lastLogIndex, snapshotIndex) -> {};

  /**
   * Returns when the start may go on.
   *
   * @param lastLogIndex last index in the log, 0 when it is empty
   * @param snapshotIndex index of the newest snapshot, 0 when there is none
   * @throws IOException when it must not, for example because the database is ahead of both: that
   *     log has lost entries
   */
  void check(long lastLogIndex, long snapshotIndex) throws IOException;
}
