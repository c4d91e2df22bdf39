package io.cairn.client;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The keyspace, without waiting. Each call returns at once; its future ends with the result or a
 * {@link CairnException}. Futures are completed on the client's own thread: what is chained to them
 * must not block, or be chained with an executor. Calls that are not waited for may take effect in
 * any order.
 *
 * <p>A write is applied at most once, however often the client has to send it (I3).
 */
public interface AsyncKv {
  /** Writes a key. */
  CompletableFuture<PutResult> put(PutOp put);

  /** Deletes keys. */
  CompletableFuture<DeleteResult> delete(DeleteOp delete);

  /** Reads keys. */
  CompletableFuture<RangeResult> range(RangeOp range, ReadMode mode);

  /** Runs a transaction. */
  CompletableFuture<TxnResult> txn(Txn txn);

  /** Writes the key if its mod revision is {@code expectedModRevision}; 0: if it is absent. */
  CompletableFuture<CasResult> cas(Bytes key, long expectedModRevision, Bytes value);

  /** Writes the key if its value is {@code expected}; empty: if it is absent. */
  CompletableFuture<CasResult> cas(Bytes key, Optional<Bytes> expected, Bytes value);

  /** Gives up history below {@code revision}. */
  CompletableFuture<Void> compact(long revision);

  /** Reads one key. */
  default CompletableFuture<Optional<KeyValue>> get(Bytes key) {
    return range(RangeOp.of(KeyRange.key(key)), ReadMode.linearizable())
        .thenApply(RangeResult::first);
  }

  /** Writes a key. */
  default CompletableFuture<PutResult> put(Bytes key, Bytes value) {
    return put(PutOp.of(key, value));
  }
}
