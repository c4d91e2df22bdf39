package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Compare;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.TxnRequest;
import java.util.List;
import java.util.TreeSet;

/**
 * What a transaction must fulfil in any state, all branches included. As in etcd, a level counts as
 * many operations as the longest of its compares, success and failure, a nested transaction those
 * of its own level on top, and one run may change a key only once: keys are put once and are not in
 * a range that is deleted. A key may be in both branches of a transaction, as only one runs, and in
 * several deletions.
 *
 * <p>etcd does not notice a put before a deletion when they are in sibling transactions, nor a
 * deletion up to the last key; here both are refused.
 */
final class TxnRules {
  private TxnRules() {}

  /** Refuses INVALID_ARGUMENT, TOO_LARGE and DUPLICATE_KEY. */
  static void check(TxnRequest request) {
    checkForm(request, Limits.TXN_OPS_MAX, 1);
    changed(request.getSuccessList());
    changed(request.getFailureList());
  }

  private static void checkForm(TxnRequest request, int opsMax, int depth) {
    if (depth > Limits.TXN_DEPTH_MAX) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "transactions nested deeper than " + Limits.TXN_DEPTH_MAX,
          Limits.TXN_DEPTH_MAX,
          depth);
    }
    int ops =
        Math.max(
            request.getCompareCount(),
            Math.max(request.getSuccessCount(), request.getFailureCount()));
    if (ops > opsMax) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "too many operations in txn request: "
              + ops
              + " at depth "
              + depth
              + ", at most "
              + opsMax,
          opsMax,
          ops);
    }
    request.getCompareList().forEach(TxnRules::checkForm);
    for (List<RequestOp> branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (RequestOp op : branch) {
        checkForm(op, opsMax - ops, depth);
      }
    }
  }

  private static void checkForm(RequestOp op, int opsMax, int depth) {
    switch (op.getRequestCase()) {
      case RANGE -> {
        range(op.getRange());
        RangeSelection.check(op.getRange());
      }
      case PUT -> PutRules.checkForm(op.getPut());
      case DELETE_RANGE -> range(op.getDeleteRange());
      case TXN -> checkForm(op.getTxn(), opsMax, depth + 1);
      case REQUEST_NOT_SET ->
          throw new Refusal(ErrorCode.INVALID_ARGUMENT, "an operation of a txn is empty");
    }
  }

  private static void checkForm(Compare compare) {
    KeyRange unused = new KeyRange(compare.getKey(), compare.getRangeEnd());
    if (compare.getTarget() == Compare.Target.UNRECOGNIZED
        || compare.getResult() == Compare.Result.UNRECOGNIZED) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "compare target "
              + compare.getTargetValue()
              + " with result "
              + compare.getResultValue()
              + " is not known");
    }
    Checks.size("compared value", compare.getValue().size(), Limits.VALUE_BYTES_MAX);
  }

  static KeyRange range(RangeRequest request) {
    return new KeyRange(request.getKey(), request.getRangeEnd());
  }

  static KeyRange range(DeleteRangeRequest request) {
    return new KeyRange(request.getKey(), request.getRangeEnd());
  }

  private static Changed changed(List<RequestOp> ops) {
    Changed all = new Changed();
    for (RequestOp op : ops) {
      Changed one = new Changed();
      switch (op.getRequestCase()) {
        case PUT -> one.puts.add(op.getPut().getKey());
        case DELETE_RANGE -> one.deleted.add(range(op.getDeleteRange()));
        case TXN -> {
          one.addAll(changed(op.getTxn().getSuccessList()));
          one.addAll(changed(op.getTxn().getFailureList()));
        }
        case RANGE, REQUEST_NOT_SET -> {}
      }
      if (all.meets(one)) {
        throw new Refusal(ErrorCode.DUPLICATE_KEY, "duplicate key given in txn request");
      }
      all.addAll(one);
    }
    return all;
  }

  /** The keys that a run of some operations may change. */
  private static final class Changed {
    private final TreeSet<ByteString> puts = new TreeSet<>(KeyRange.ORDER);
    private final KeyIntervals deleted = new KeyIntervals();

    boolean meets(Changed other) {
      return other.puts.stream().anyMatch(key -> puts.contains(key) || deleted.contains(key))
          || other.deleted.containsAny(puts);
    }

    void addAll(Changed other) {
      puts.addAll(other.puts);
      deleted.addAll(other.deleted);
    }
  }
}
