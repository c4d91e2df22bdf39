package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.KvRow;
import io.cairn.core.storage.v1.LatestRow;
import io.cairn.protocol.v1.Compare;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Which way a transaction and those nested in it go. As in etcd all compares, nested ones too, are
 * made before the first operation runs: they do not see the transaction's own writes.
 *
 * @param succeeded all compares hold
 * @param ops the operations to run
 * @param nested the branches of the transactions among {@code ops}, in their order
 */
record TxnBranch(boolean succeeded, List<RequestOp> ops, List<TxnBranch> nested) {

  static TxnBranch choose(ReadView view, TxnRequest request, ScanBudget budget) {
    boolean succeeded = request.getCompareList().stream().allMatch(c -> holds(view, c, budget));
    List<RequestOp> ops = succeeded ? request.getSuccessList() : request.getFailureList();
    List<TxnBranch> nested = new ArrayList<>();
    for (RequestOp op : ops) {
      if (op.hasTxn()) {
        nested.add(choose(view, op.getTxn(), budget));
      }
    }
    return new TxnBranch(succeeded, ops, nested);
  }

  /** True if the comparison holds for all keys in its range. */
  private static boolean holds(ReadView view, Compare compare, ScanBudget budget) {
    KeyRange range = new KeyRange(compare.getKey(), compare.getRangeEnd());
    boolean found = false;
    if (range.single()) {
      byte[] key = range.from();
      LatestRow latest = KvRows.latest(view, key);
      budget.row(latest == null ? 0 : latest.getValueBytes());
      if (latest != null) {
        return holds(compare, KvRows.withoutValue(latest), () -> KvRows.value(view, key, latest));
      }
    } else if (!range.empty()) {
      long now = view.counter(Counter.REVISION);
      try (VersionCursor cursor = VersionCursor.open(view, range.from(), range.to(), now)) {
        while (cursor.next()) {
          found = true;
          budget.row(cursor.valueBytes());
          if (!holds(compare, cursor.row(), cursor::value)) {
            return false;
          }
        }
      }
    }
    // Without a key all numbers are 0, and no value is equal, unequal, less or greater.
    return found
        || (compare.getTarget() != Compare.Target.VALUE
            && holds(compare, KvRow.getDefaultInstance(), () -> ByteString.EMPTY));
  }

  private static boolean holds(Compare compare, KvRow row, Supplier<ByteString> value) {
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(row.getVersion(), compare.getVersion());
          case CREATE -> Long.compare(row.getCreateRevision(), compare.getCreateRevision());
          case MOD -> Long.compare(row.getModRevision(), compare.getModRevision());
          case LEASE -> Long.compare(row.getLease(), compare.getLease());
          case VALUE -> order(value.get(), compare.getValue());
          case UNRECOGNIZED -> throw new IllegalStateException("compare was not checked");
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case UNRECOGNIZED -> throw new IllegalStateException("compare was not checked");
    };
  }

  private static int order(ByteString left, ByteString right) {
    return KeyRange.ORDER.compare(left, right);
  }
}
