package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.Compare;
import io.cairn.client.DeleteOp;
import io.cairn.client.DeleteResult;
import io.cairn.client.KeyValue;
import io.cairn.client.Op;
import io.cairn.client.OpResult;
import io.cairn.client.PutOp;
import io.cairn.client.PutResult;
import io.cairn.client.RangeOp;
import io.cairn.client.RangeResult;
import io.cairn.client.Txn;
import io.cairn.client.TxnResult;
import io.cairn.client.WatchEvent;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.DeleteRangeResponse;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.PutResponse;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RangeResponse;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.ResponseOp;
import io.cairn.protocol.v1.TxnRequest;
import io.cairn.protocol.v1.TxnResponse;
import java.util.List;
import java.util.Optional;

/** Keyspace operations to and from their messages, checked against the limits on the way out. */
final class KvWire {
  private KvWire() {}

  static ByteString wire(Bytes bytes) {
    return ByteString.copyFrom(bytes.toArray());
  }

  static Bytes bytes(ByteString bytes) {
    return Bytes.of(bytes.toByteArray());
  }

  static PutRequest put(PutOp op) {
    Checked.key(op.key());
    Checked.value(op.value());
    return PutRequest.newBuilder()
        .setKey(wire(op.key()))
        .setValue(wire(op.value()))
        .setLease(op.lease())
        .setPrevKv(op.previous())
        .setIgnoreValue(op.keepValue())
        .setIgnoreLease(op.keepLease())
        .build();
  }

  static DeleteRangeRequest delete(DeleteOp op) {
    Checked.keys(op.keys());
    return DeleteRangeRequest.newBuilder()
        .setKey(wire(op.keys().from()))
        .setRangeEnd(wire(op.keys().end()))
        .setPrevKv(op.previous())
        .build();
  }

  static RangeRequest range(RangeOp op) {
    Checked.keys(op.keys());
    boolean plain = op.sort().by() == RangeOp.Target.KEY && !op.sort().descending();
    return RangeRequest.newBuilder()
        .setKey(wire(op.keys().from()))
        .setRangeEnd(wire(op.keys().end()))
        .setLimit(op.limit())
        .setRevision(op.revision())
        .setSortTarget(target(op.sort().by()))
        .setSortOrder(
            plain
                ? RangeRequest.SortOrder.NONE
                : op.sort().descending()
                    ? RangeRequest.SortOrder.DESCEND
                    : RangeRequest.SortOrder.ASCEND)
        .setKeysOnly(op.content() == RangeOp.Content.KEYS)
        .setCountOnly(op.content() == RangeOp.Content.COUNT)
        .build();
  }

  static TxnRequest txn(Txn txn) {
    TxnRequest.Builder request = TxnRequest.newBuilder();
    txn.compares().forEach(compare -> request.addCompare(compare(compare)));
    txn.then().forEach(op -> request.addSuccess(op(op)));
    txn.otherwise().forEach(op -> request.addFailure(op(op)));
    return request.build();
  }

  static KeyValue keyValue(io.cairn.protocol.v1.KeyValue row) {
    return new KeyValue(
        bytes(row.getKey()),
        bytes(row.getValue()),
        row.getCreateRevision(),
        row.getModRevision(),
        row.getVersion(),
        row.getLease());
  }

  static PutResult put(long revision, PutResponse response) {
    return new PutResult(
        revision,
        response.hasPrevKv() ? Optional.of(keyValue(response.getPrevKv())) : Optional.empty());
  }

  static DeleteResult delete(long revision, DeleteRangeResponse response) {
    return new DeleteResult(revision, response.getDeleted(), keyValues(response.getPrevKvsList()));
  }

  static RangeResult range(long revision, long appliedIndex, RangeResponse response) {
    return new RangeResult(
        revision,
        appliedIndex,
        keyValues(response.getKvsList()),
        response.getCount(),
        response.getMore());
  }

  static TxnResult txn(long revision, TxnResponse response) {
    return new TxnResult(
        revision,
        response.getSucceeded(),
        response.getResponsesList().stream().map(each -> result(revision, each)).toList());
  }

  static WatchEvent event(Event event) {
    return new WatchEvent(
        event.getType() == Event.Type.DELETE,
        keyValue(event.getKv()),
        event.hasPrevKv() ? Optional.of(keyValue(event.getPrevKv())) : Optional.empty());
  }

  private static OpResult result(long revision, ResponseOp response) {
    return switch (response.getResponseCase()) {
      case RANGE -> range(revision, 0, response.getRange());
      case PUT -> put(revision, response.getPut());
      case DELETE_RANGE -> delete(revision, response.getDeleteRange());
      case TXN -> txn(revision, response.getTxn());
      case RESPONSE_NOT_SET ->
          throw new IllegalStateException("an operation of a transaction has no result");
    };
  }

  private static RequestOp op(Op op) {
    RequestOp.Builder request = RequestOp.newBuilder();
    if (op instanceof PutOp put) {
      request.setPut(put(put));
    } else if (op instanceof DeleteOp delete) {
      request.setDeleteRange(delete(delete));
    } else if (op instanceof RangeOp range) {
      request.setRange(range(range));
    } else if (op instanceof Txn txn) {
      request.setTxn(txn(txn));
    }
    return request.build();
  }

  private static io.cairn.protocol.v1.Compare compare(Compare compare) {
    Checked.keys(compare.keys());
    io.cairn.protocol.v1.Compare.Builder wire =
        io.cairn.protocol.v1.Compare.newBuilder()
            .setKey(wire(compare.keys().from()))
            .setRangeEnd(wire(compare.keys().end()))
            .setResult(
                switch (compare.relation()) {
                  case EQUAL -> io.cairn.protocol.v1.Compare.Result.EQUAL;
                  case GREATER -> io.cairn.protocol.v1.Compare.Result.GREATER;
                  case LESS -> io.cairn.protocol.v1.Compare.Result.LESS;
                  case NOT_EQUAL -> io.cairn.protocol.v1.Compare.Result.NOT_EQUAL;
                });
    return switch (compare.target()) {
      case VERSION ->
          wire.setTarget(io.cairn.protocol.v1.Compare.Target.VERSION)
              .setVersion(compare.number())
              .build();
      case CREATE_REVISION ->
          wire.setTarget(io.cairn.protocol.v1.Compare.Target.CREATE)
              .setCreateRevision(compare.number())
              .build();
      case MOD_REVISION ->
          wire.setTarget(io.cairn.protocol.v1.Compare.Target.MOD)
              .setModRevision(compare.number())
              .build();
      case VALUE ->
          wire.setTarget(io.cairn.protocol.v1.Compare.Target.VALUE)
              .setValue(wire(compare.value()))
              .build();
      case LEASE ->
          wire.setTarget(io.cairn.protocol.v1.Compare.Target.LEASE)
              .setLease(compare.number())
              .build();
    };
  }

  private static RangeRequest.SortTarget target(RangeOp.Target target) {
    return switch (target) {
      case KEY -> RangeRequest.SortTarget.KEY;
      case VERSION -> RangeRequest.SortTarget.VERSION;
      case CREATE_REVISION -> RangeRequest.SortTarget.CREATE;
      case MOD_REVISION -> RangeRequest.SortTarget.MOD;
      case VALUE -> RangeRequest.SortTarget.VALUE;
    };
  }

  private static List<KeyValue> keyValues(List<io.cairn.protocol.v1.KeyValue> rows) {
    return rows.stream().map(KvWire::keyValue).toList();
  }
}
