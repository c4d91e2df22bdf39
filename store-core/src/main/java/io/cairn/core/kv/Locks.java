package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.LatestRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.LockRequest;
import io.cairn.protocol.v1.LockResponse;
import io.cairn.protocol.v1.PutRequest;

/**
 * Locks, by the recipe of etcd's lock service: who wants the lock puts a key, named by its lease,
 * below the lock's name; the key of the lowest create revision holds it, each other waits for the
 * one before it. A holder's key goes with its lease, or is deleted to unlock.
 */
final class Locks {
  private Locks() {}

  /** Finds or takes the lease's place in the queue. Refuses LEASE_NOT_FOUND. */
  static LockResponse lock(ReadView view, KvWrite write, LockRequest request) {
    if (request.getName().isEmpty()) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "name of the lock is not provided");
    }
    ByteString queue = request.getName().concat(ByteString.copyFromUtf8("/"));
    ByteString own = queue.concat(ByteString.copyFromUtf8(Long.toHexString(request.getLease())));
    Checks.size("key of the lock", own.size(), Limits.KEY_BYTES_MAX);
    LeaseTable.require(view, request.getLease());
    LatestRow row = KvRows.latest(view, own.toByteArray());
    long ownRevision = row == null ? Long.MAX_VALUE : row.getCreateRevision();
    ByteString before = before(view, queue, ownRevision);
    boolean held = before.isEmpty();
    LockResponse.Builder response = LockResponse.newBuilder().setHeld(held).setWaitFor(before);
    if (request.getTryOnly() && !held) {
      return response.build();
    }
    if (row == null) {
      write.put(PutRequest.newBuilder().setKey(own).setLease(request.getLease()).build());
      ownRevision = write.revision();
    }
    return response.setKey(own).setToken(ownRevision).build();
  }

  /** The last key in the queue before a revision; empty if there is none. */
  private static ByteString before(ReadView view, ByteString queue, long revision) {
    byte[] prefix = queue.toByteArray();
    byte[] last = {};
    long lastRevision = 0;
    ScanBudget budget = new ScanBudget();
    try (Cursor cursor = view.ascend(ColumnFamily.KV_LATEST, prefix, KeyLayout.prefixEnd(prefix))) {
      while (cursor.next()) {
        budget.row(cursor.value().length);
        long created = KvRows.parseLatest(cursor.value()).getCreateRevision();
        if (created < revision && created > lastRevision) {
          last = cursor.key();
          lastRevision = created;
        }
      }
    }
    return ByteString.copyFrom(last);
  }
}
