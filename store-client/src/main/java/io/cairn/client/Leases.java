package io.cairn.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Leases: times to live with keys and tasks hanging on them. A lease ends when it is revoked, or
 * when the store has heard no renewal for its time to live.
 */
public interface Leases {
  /** Grants a lease that nobody renews yet. */
  Lease grant(Duration ttl);

  /** Grants a lease under an id of the caller's choice; LEASE_EXISTS if it is in use. */
  Lease grant(long id, Duration ttl);

  /**
   * Grants a lease and renews it with the client's heartbeat until it is closed. {@code onLost} is
   * called once, on the callback thread, if it ends before.
   */
  LiveLease open(Duration ttl, Runnable onLost);

  /** Renews a lease that exists with the client's heartbeat until the result is closed. */
  LiveLease keepAlive(Lease lease, Runnable onLost);

  /** Renews a lease once; false if it is gone. */
  boolean renew(long id);

  /** Ends a lease and deletes its keys. LEASE_NOT_FOUND if it is gone. */
  void revoke(long id);

  /** What is left of a lease; empty if it is gone. */
  Optional<LeaseLeft> timeToLive(long id);

  /** The ids of all leases. */
  List<Long> list();
}
