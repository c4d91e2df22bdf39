package io.cairn.server;

import io.cairn.server.group.StoreGroup;

/** This node's part of a group, from open storage to a running member. */
public interface HostedGroup extends AutoCloseable {
  /** The group. Listeners are registered before {@link #start}. */
  StoreGroup group();

  /**
   * Takes the raft port and goes to work. Returns when this node runs, not when there is a leader.
   *
   * @throws StartRefusedException when a person has to mend something
   */
  void start();

  /**
   * Stops, in this order: consensus, applying, storage. Requests still open fail. Blocks until all
   * is on disk and the data folder is free. Idempotent.
   */
  @Override
  void close();

  /**
   * Stops as near to a crash as one process allows: no hand-over, and what was not yet on disk is
   * not brought there. Threads and the data folder are free on return. For fault tests.
   */
  void crash();
}
