package io.cairn.client.internal;

import io.cairn.client.AsyncKv;
import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.CasResult;
import io.cairn.client.Compare;
import io.cairn.client.DeleteOp;
import io.cairn.client.DeleteResult;
import io.cairn.client.KeyRange;
import io.cairn.client.KeyValue;
import io.cairn.client.PutOp;
import io.cairn.client.PutResult;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.client.ReadMode;
import io.cairn.client.Txn;
import io.cairn.client.TxnResult;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.Query;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The keyspace calls. Any thread. */
final class KvCalls implements AsyncKv {
  private final Requests requests;

  KvCalls(Requests requests) {
    this.requests = requests;
  }

  @Override
  public CompletableFuture<PutResult> put(PutOp put) {
    return checked(
        () ->
            requests
                .command(Command.newBuilder().setPut(KvWire.put(put)).build())
                .thenApply(outcome -> KvWire.put(outcome.getRevision(), outcome.getPut())));
  }

  @Override
  public CompletableFuture<DeleteResult> delete(DeleteOp delete) {
    return checked(
        () ->
            requests
                .command(Command.newBuilder().setDeleteRange(KvWire.delete(delete)).build())
                .thenApply(
                    outcome -> KvWire.delete(outcome.getRevision(), outcome.getDeleteRange())));
  }

  @Override
  public CompletableFuture<RangeResult> range(RangeOp range, ReadMode mode) {
    return checked(
        () ->
            requests
                .query(Query.newBuilder().setRange(KvWire.range(range)), mode)
                .thenApply(
                    result ->
                        KvWire.range(
                            result.getRevision(), result.getAppliedIndex(), result.getRange())));
  }

  @Override
  public CompletableFuture<TxnResult> txn(Txn txn) {
    return checked(
        () ->
            requests
                .command(Command.newBuilder().setTxn(KvWire.txn(txn)).build())
                .thenApply(outcome -> KvWire.txn(outcome.getRevision(), outcome.getTxn())));
  }

  @Override
  public CompletableFuture<CasResult> cas(Bytes key, long expectedModRevision, Bytes value) {
    return cas(Compare.modRevision(key, Compare.Relation.EQUAL, expectedModRevision), key, value);
  }

  @Override
  public CompletableFuture<CasResult> cas(Bytes key, Optional<Bytes> expected, Bytes value) {
    Compare condition =
        expected
            .map(bytes -> Compare.value(key, Compare.Relation.EQUAL, bytes))
            .orElseGet(() -> Compare.absent(key));
    return cas(condition, key, value);
  }

  @Override
  public CompletableFuture<Void> compact(long revision) {
    return requests
        .command(
            Command.newBuilder()
                .setCompact(CompactRequest.newBuilder().setRevision(revision))
                .build())
        .thenApply(outcome -> null);
  }

  private CompletableFuture<CasResult> cas(Compare condition, Bytes key, Bytes value) {
    return txn(Txn.when(condition)
            .then(PutOp.of(key, value))
            .otherwise(RangeOp.of(KeyRange.key(key))))
        .thenApply(
            result -> {
              Optional<KeyValue> current =
                  !result.succeeded() && result.results().get(0) instanceof RangeResult found
                      ? found.first()
                      : Optional.empty();
              return new CasResult(result.succeeded(), result.revision(), current);
            });
  }

  /** A refusal before anything was sent ends the future, too. */
  static <V> CompletableFuture<V> checked(Supplier<CompletableFuture<V>> call) {
    try {
      return call.get();
    } catch (CairnException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
