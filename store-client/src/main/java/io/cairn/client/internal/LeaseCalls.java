package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.Lease;
import io.cairn.client.LeaseLeft;
import io.cairn.client.Leases;
import io.cairn.client.LiveLease;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.LeaseGrantResponse;
import io.cairn.protocol.v1.LeaseListRequest;
import io.cairn.protocol.v1.LeaseRevokeRequest;
import io.cairn.protocol.v1.LeaseTimeToLiveRequest;
import io.cairn.protocol.v1.LeaseTimeToLiveResponse;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.OutcomeError;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.RenewRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The lease calls. Any thread but the loop. */
final class LeaseCalls implements Leases {
  private static final int GRANTS_MAX = 5;

  private final Requests requests;
  private final Heartbeat heartbeat;
  private final Callbacks callbacks;

  LeaseCalls(Requests requests, Heartbeat heartbeat, Callbacks callbacks) {
    this.requests = requests;
    this.heartbeat = heartbeat;
    this.callbacks = callbacks;
  }

  @Override
  public Lease grant(Duration ttl) {
    return grant(0, ttl);
  }

  @Override
  public Lease grant(long id, Duration ttl) {
    LeaseGrantResponse granted = requests.await(granted(id, ttl)).outcome().getLeaseGrant();
    return new Lease(granted.getId(), Duration.ofMillis(granted.getTtlMillis()));
  }

  @Override
  public LiveLease open(Duration ttl, Runnable onLost) {
    return new RenewedLease(hold(ttl), true, onLost);
  }

  @Override
  public LiveLease keepAlive(Lease lease, Runnable onLost) {
    long sentNanos = now();
    if (!renew(lease.id())) {
      throw Failures.of(
          OutcomeError.newBuilder()
              .setCode(ErrorCode.LEASE_NOT_FOUND.number())
              .setMessage("lease " + lease.id() + " is gone")
              .build());
    }
    Hold hold = new Hold(lease.id(), lease.ttl().toNanos(), sentNanos, requests.context().clock());
    requests.context().loop().execute(() -> heartbeat.add(hold));
    return new RenewedLease(hold, false, onLost);
  }

  @Override
  public boolean renew(long id) {
    Outcome outcome =
        requests.await(
            requests.renew(
                RenewRequest.newBuilder().addLeases(id).build(),
                requests.context().settings().requestTimeout()));
    return outcome.getRenew().getLeasesLostCount() == 0;
  }

  @Override
  public void revoke(long id) {
    requests.await(revoked(id));
  }

  @Override
  public Optional<LeaseLeft> timeToLive(long id) {
    LeaseTimeToLiveResponse left =
        requests
            .await(
                requests.query(
                    Query.newBuilder()
                        .setLeaseTimeToLive(
                            LeaseTimeToLiveRequest.newBuilder().setId(id).setKeys(true))))
            .getLeaseTimeToLive();
    if (left.getTtlMillis() < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new LeaseLeft(
            id,
            Duration.ofMillis(left.getTtlMillis()),
            Duration.ofMillis(left.getGrantedTtlMillis()),
            left.getKeysList().stream().map(KvWire::bytes).toList()));
  }

  @Override
  public List<Long> list() {
    return requests
        .await(
            requests.query(Query.newBuilder().setLeaseList(LeaseListRequest.getDefaultInstance())))
        .getLeaseList()
        .getIdsList();
  }

  /**
   * A granted lease under the heartbeat. It is counted from when it was asked for; one that ran out
   * on the way here is asked for again.
   */
  Hold hold(Duration ttl) {
    for (int attempt = 1; ; attempt++) {
      Optional<Hold> hold = requests.await(holdOnce(ttl));
      if (hold.isPresent()) {
        return hold.get();
      }
      if (attempt == GRANTS_MAX) {
        throw new CairnException(
            ErrorCode.UNAVAILABLE,
            "a lease of "
                + ttl.toMillis()
                + " ms is over when its grant is answered; take a longer one");
      }
    }
  }

  /** One attempt at the same; empty: the lease ran out on its way here. */
  CompletableFuture<Optional<Hold>> holdOnce(Duration ttl) {
    return granted(0, ttl)
        .thenApply(
            answer -> {
              LeaseGrantResponse lease = answer.outcome().getLeaseGrant();
              long ttlNanos = Duration.ofMillis(lease.getTtlMillis()).toNanos();
              Hold hold =
                  new Hold(lease.getId(), ttlNanos, answer.sentNanos(), requests.context().clock());
              if (hold.isAlive()) {
                requests.context().loop().execute(() -> heartbeat.add(hold));
                return Optional.of(hold);
              }
              CompletableFuture<?> unused = revoked(lease.getId());
              return Optional.empty();
            });
  }

  /** Says that a task hangs on the lease. */
  void own(Hold hold, Hold.OwnedName name) {
    hold.own(name);
    requests.context().loop().execute(() -> heartbeat.owned(hold));
  }

  /** Has events that concern the lease told to its follower. */
  void follow(Hold hold, Hold.Follower follower) {
    hold.follow(follower);
    requests.context().loop().execute(() -> heartbeat.owned(hold));
  }

  /** Has events that concern the lease of another told. */
  void follow(long lease, Hold.Follower follower) {
    requests.context().loop().execute(() -> heartbeat.follow(lease, follower));
  }

  /** Ends that. */
  void unfollow(long lease, Hold.Follower follower) {
    requests.context().loop().execute(() -> heartbeat.unfollow(lease, follower));
  }

  /** Gives a lease up without waiting: if the store does not hear of it, it expires. */
  CompletableFuture<Outcome> letGo(Hold hold) {
    requests.context().loop().execute(() -> heartbeat.remove(hold));
    return revoked(hold.lease());
  }

  private CompletableFuture<Requests.Timed> granted(long id, Duration ttl) {
    return requests.timed(
        Command.newBuilder()
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setId(id).setTtlMillis(ttl.toMillis()))
            .build());
  }

  private CompletableFuture<Outcome> revoked(long id) {
    return requests.command(
        Command.newBuilder().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setId(id)).build());
  }

  private long now() {
    return requests.context().clock().nanos();
  }

  private final class RenewedLease implements LiveLease {
    private final Hold hold;
    private final boolean revokes;

    RenewedLease(Hold hold, boolean revokes, Runnable onLost) {
      this.hold = hold;
      this.revokes = revokes;
      hold.onLost(reason -> callbacks.run(onLost));
    }

    @Override
    public long id() {
      return hold.lease();
    }

    @Override
    public boolean isAlive() {
      return hold.isAlive();
    }

    @Override
    public void close() {
      if (revokes) {
        CompletableFuture<?> unused = letGo(hold);
      } else {
        requests.context().loop().execute(() -> heartbeat.remove(hold));
      }
    }
  }
}
