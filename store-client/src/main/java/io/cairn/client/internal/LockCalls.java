package io.cairn.client.internal;

import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.Compare;
import io.cairn.client.FencedException;
import io.cairn.client.HeldLock;
import io.cairn.client.KeyRange;
import io.cairn.client.Kv;
import io.cairn.client.Locks;
import io.cairn.client.PutOp;
import io.cairn.client.PutResult;
import io.cairn.client.Txn;
import io.cairn.client.TxnResult;
import io.cairn.client.WatchCursor;
import io.cairn.client.WatchOp;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.LockRequest;
import io.cairn.protocol.v1.LockResponse;
import io.cairn.protocol.v1.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The lock calls. Each asker has a lease of its own, and queues under it. Any thread. */
final class LockCalls implements Locks {
  private final Requests requests;
  private final LeaseCalls leases;
  private final Kv kv;

  LockCalls(Requests requests, LeaseCalls leases, Kv kv) {
    this.requests = requests;
    this.leases = leases;
    this.kv = kv;
  }

  @Override
  public Optional<HeldLock> lock(String name, Duration timeout) {
    return held(name, timeout, false);
  }

  @Override
  public Optional<HeldLock> tryLock(String name) {
    return held(name, Duration.ZERO, true);
  }

  private Optional<HeldLock> held(String name, Duration timeout, boolean tryOnly) {
    Checked.key(Bytes.utf8(name));
    long startNanos = requests.context().clock().nanos();
    Hold hold = leases.hold(requests.context().settings().leaseTtl());
    Optional<HeldLock> lock = Optional.empty();
    try {
      boolean mayWait = true;
      while (lock.isEmpty() && mayWait) {
        Outcome outcome = requests.await(ask(name, hold, tryOnly));
        LockResponse answer = outcome.getLock();
        if (answer.getHeld()) {
          lock = Optional.of(new LeasedLock(name, answer, hold));
        } else {
          Duration left = timeout.minusNanos(requests.context().clock().nanos() - startNanos);
          mayWait =
              !tryOnly && !left.isNegative() && awaitDeletion(answer, outcome.getRevision(), left);
        }
      }
      return lock;
    } finally {
      if (lock.isEmpty()) {
        // Takes the place in the queue away, too.
        CompletableFuture<?> unused = leases.letGo(hold);
      }
    }
  }

  private CompletableFuture<Outcome> ask(String name, Hold hold, boolean tryOnly) {
    return requests.command(
        Command.newBuilder()
            .setLock(
                LockRequest.newBuilder()
                    .setName(KvWire.wire(Bytes.utf8(name)))
                    .setLease(hold.lease())
                    .setTryOnly(tryOnly))
            .build());
  }

  /** Waits until the one before in the queue is gone; false: not in time. */
  private boolean awaitDeletion(LockResponse answer, long revision, Duration left) {
    KeyRange before = KeyRange.key(KvWire.bytes(answer.getWaitFor()));
    WatchOp deletion = WatchOp.of(before).fromRevision(revision + 1).withoutPuts();
    try (WatchCursor cursor = kv.watch(deletion)) {
      return cursor.next(left).isPresent();
    } catch (CairnException e) {
      if (e.code() == io.cairn.protocol.ErrorCode.COMPACTED) {
        return true;
      }
      throw e;
    }
  }

  private final class LeasedLock implements HeldLock {
    private final String name;
    private final Bytes key;
    private final long token;
    private final Hold hold;

    LeasedLock(String name, LockResponse answer, Hold hold) {
      this.name = name;
      this.key = KvWire.bytes(answer.getKey());
      this.token = answer.getToken();
      this.hold = hold;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Bytes key() {
      return key;
    }

    @Override
    public long token() {
      return token;
    }

    @Override
    public long lease() {
      return hold.lease();
    }

    @Override
    public boolean isHeld() {
      return hold.isAlive();
    }

    @Override
    public Compare guard() {
      return Compare.createRevision(key, Compare.Relation.EQUAL, token);
    }

    @Override
    public PutResult put(PutOp put) {
      TxnResult result = kv.txn(Txn.when(guard()).then(put));
      if (result.succeeded() && result.results().get(0) instanceof PutResult done) {
        return done;
      }
      throw new FencedException(
          Certainty.NOT_APPLIED,
          "lock '" + name + "' is no longer held under token " + token,
          0,
          token);
    }

    @Override
    public void close() {
      if (hold.isAlive()) {
        try {
          requests.await(leases.letGo(hold));
        } catch (CairnException e) {
          if (e.code() != io.cairn.protocol.ErrorCode.LEASE_NOT_FOUND) {
            throw e;
          }
        }
      } else {
        CompletableFuture<?> unused = leases.letGo(hold);
      }
    }
  }
}
