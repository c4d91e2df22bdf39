package io.cairn.client.internal;

import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.WatchBatch;

/**
 * A wish that outlives connections: the link states it anew on each. All methods run on the loop.
 */
interface Subscription {
  /** The wish as it is now, without an id. */
  Request request();

  /** The server has taken it; {@code revision} is the group's. */
  void stands(long revision);

  /** The connection is gone: nothing stands until it is stated on the next one. */
  default void connectionLost() {}

  /** What it wished for. */
  void batch(WatchBatch batch);

  /** It is refused or ended for good; the link has dropped it. */
  void ended(Failure why);
}
