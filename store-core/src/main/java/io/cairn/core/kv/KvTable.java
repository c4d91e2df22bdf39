package io.cairn.core.kv;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.lease.LeaseHolder;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.v1.LatestRow;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.CompactResponse;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.DeleteRangeResponse;
import io.cairn.protocol.v1.LockRequest;
import io.cairn.protocol.v1.LockResponse;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.PutResponse;
import io.cairn.protocol.v1.TxnRequest;
import io.cairn.protocol.v1.TxnResponse;
import org.jspecify.annotations.Nullable;

/**
 * The write side of the keyspace, with etcd v3's semantics. A command that changes it raises the
 * revision by one, whatever number of keys it changes; one that changes nothing does not. Applying
 * thread only.
 *
 * <p>Holds nothing between commands: it only knows the changes of the command at hand, as an ended
 * lease comes key by key.
 */
public final class KvTable implements LeaseHolder {
  private @Nullable KvWrite current;

  /** A table; the rows are in the batch of each command. */
  public KvTable() {}

  /**
   * Writes a new version of a key. Refuses INVALID_ARGUMENT, TOO_LARGE, LEASE_NOT_FOUND and, if
   * value or lease are to stay, KEY_NOT_FOUND.
   */
  public PutResponse put(ApplyContext context, PutRequest request) {
    PutRules.checkForm(request);
    PutRules.checkState(context.batch(), request);
    return KvTxn.put(context.batch(), write(context), request);
  }

  /** Deletes the keys of a range. Refuses INVALID_ARGUMENT, and TOO_LARGE for too many keys. */
  public DeleteRangeResponse deleteRange(ApplyContext context, DeleteRangeRequest request) {
    Batch batch = context.batch();
    KeyRange range = TxnRules.range(request);
    if (!range.single()) {
      KeyIntervals deleted = new KeyIntervals();
      deleted.add(range);
      Deletions.check(batch, deleted);
      Checks.size(
          "bytes of previous versions in an answer",
          Deletions.answerBytes(batch, request),
          Limits.ANSWER_BYTES_MAX);
    }
    return Deletions.run(batch, write(context), request);
  }

  /**
   * Runs a transaction. Refuses what its operations refuse, DUPLICATE_KEY, FUTURE_REVISION and
   * COMPACTED for a range, and INVALID_ARGUMENT for too many operations.
   */
  public TxnResponse txn(ApplyContext context, TxnRequest request) {
    return new KvTxn(context.batch(), write(context)).run(request);
  }

  /**
   * Gives up what only reads below a revision see. Refuses COMPACTED if that has been done, and
   * FUTURE_REVISION.
   */
  public CompactResponse compact(ApplyContext context, CompactRequest request) {
    return Compaction.compact(context, request);
  }

  /** Queues for a lock. Refuses INVALID_ARGUMENT, TOO_LARGE, LEASE_NOT_FOUND. */
  public LockResponse lock(ApplyContext context, LockRequest request) {
    return Locks.lock(context.batch(), write(context), request);
  }

  @Override
  public void leaseEnded(ApplyContext context, long lease, byte[] name) {
    LatestRow row = KvRows.latest(context.batch(), name);
    if (row == null || row.getLease() != lease) {
      throw new IllegalStateException(
          "a key of "
              + name.length
              + " bytes hangs on lease "
              + lease
              + " but has "
              + (row == null ? "no version" : "lease " + row.getLease()));
    }
    write(context).delete(name);
  }

  private KvWrite write(ApplyContext context) {
    KvWrite write = current;
    if (write == null || !write.of(context)) {
      write = new KvWrite(context);
      current = write;
    }
    return write;
  }
}
