package io.cairn.client;

/**
 * A lease that the client's heartbeat renews. The client counts it from the time it sent the last
 * renewal that was answered, on its own monotonic clock: it takes the lease for lost before the
 * store does, never after.
 */
public interface LiveLease extends AutoCloseable {
  /** The lease's id. */
  long id();

  /** False from the moment on at which the store may have ended it. */
  boolean isAlive();

  /** Stops renewing and, if this object granted the lease, revokes it. */
  @Override
  void close();
}
