package io.cairn.client.internal;

import io.cairn.client.Lost;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Ownership by a lease of the task's own. */
record LeasedOwnership(Hold hold, LeaseCalls leases) implements Ownership {
  @Override
  public boolean isAlive() {
    return hold.isAlive();
  }

  @Override
  public Optional<Lost.Reason> lostReason() {
    return hold.lostReason();
  }

  @Override
  public void lose(Lost.Reason reason) {
    hold.lose(reason);
  }

  @Override
  public void onLost(Consumer<Lost.Reason> told) {
    hold.onLost(told);
  }

  @Override
  public void disown() {
    hold.disown();
  }

  /** Stops the heartbeat; the lease has nothing left to hold. */
  @Override
  public void letGo() {
    CompletableFuture<?> unused = leases.letGo(hold);
  }

  @Override
  public boolean isOfWorker() {
    return false;
  }
}
