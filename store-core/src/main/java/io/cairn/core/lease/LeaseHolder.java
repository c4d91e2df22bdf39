package io.cairn.core.lease;

import io.cairn.core.apply.ApplyContext;

/** A table whose rows hang on leases. */
public interface LeaseHolder {
  /**
   * The lease has ended: detach and end what {@code name} stands for.
   *
   * @param lease id of the ended lease
   * @param name as given to {@link LeaseTable#attach}
   */
  void leaseEnded(ApplyContext context, long lease, byte[] name);
}
