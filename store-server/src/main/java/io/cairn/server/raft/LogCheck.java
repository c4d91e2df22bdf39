package io.cairn.server.raft;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The state machine's word on what is in its log. */
public interface LogCheck {
  /** For state machines without a database and checksums of their own. */
  LogCheck NONE =
      new LogCheck() {
        @Override
        public void opened(long lastLogIndex, long snapshotIndex) {}

        @Override
        public void entry(long index, ByteBuffer data) {}
      };

  /**
   * Returns when the start may go on: this log can be the one the database was applied from. Called
   * once per start, after the log is opened and before the node votes, elects or answers.
   *
   * @param lastLogIndex last index in the log, 0 when it is empty
   * @param snapshotIndex index of the newest snapshot, 0 when there is none
   * @throws IOException when it must not, for example because the database is ahead of both: that
   *     log has lost entries
   */
  void opened(long lastLogIndex, long snapshotIndex) throws IOException;

  /**
   * Returns when an entry is what was proposed. Called before it is stored, and so before it is
   * acknowledged; throwing halts the node with nothing of it on the disk.
   *
   * @param data the entry's bytes; their position is left as it is
   */
  void entry(long index, ByteBuffer data);
}
