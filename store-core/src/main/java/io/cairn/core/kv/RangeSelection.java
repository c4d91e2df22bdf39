package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.v1.KvRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RangeRequest.SortOrder;
import io.cairn.protocol.v1.RangeRequest.SortTarget;
import io.cairn.protocol.v1.RangeResponse;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Picks what a range request wants from the versions it is offered in ascending key order. As in
 * etcd, count is of all keys in the range, whatever limit and filters leave.
 *
 * <p>It never holds more than an answer and one version: of a sorted answer it keeps the lowest so
 * far, and the lowest it has dropped as a bound, so that the answer has no gap.
 */
final class RangeSelection {
  /** Bytes around a version in an answer. */
  private static final int FRAMING_BYTES = 5;

  private final RangeRequest request;
  private final Comparator<KeyValue> order;
  private final long bytesMax;
  private final TreeSet<KeyValue> kept;
  private @Nullable KeyValue bound;
  private long bytes;
  private long count;

  /** Refuses a sort option of no meaning. */
  RangeSelection(RangeRequest request, long bytesMax) {
    this.request = request;
    this.order = order(request);
    this.bytesMax = bytesMax;
    this.kept = new TreeSet<>(order);
  }

  /** Refuses a sort option of no meaning. */
  static void check(RangeRequest request) {
    if (request.getSortOrder() == SortOrder.UNRECOGNIZED
        || request.getSortTarget() == SortTarget.UNRECOGNIZED) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "sort order "
              + request.getSortOrderValue()
              + " by target "
              + request.getSortTargetValue()
              + " is not known");
    }
  }

  /** True if the values of versions still to come, all of higher keys, cannot matter. */
  boolean onlyCounts() {
    return request.getCountOnly() || (bound != null && byAscendingKey(request));
  }

  /** Counts a key of which the version does not matter. */
  void count() {
    count++;
  }

  /** Takes a version into account; {@code value} is asked for its value only if that matters. */
  void offer(byte[] key, KvRow row, Supplier<ByteString> value) {
    count++;
    if (onlyCounts() || !wanted(row)) {
      return;
    }
    // The value is needed for sorting even if it is not for the answer.
    boolean byValue = request.getSortTarget() == SortTarget.VALUE;
    ByteString name = ByteString.copyFrom(key);
    if (bound != null && !byValue && order.compare(KvRows.version(name, row), bound) > 0) {
      return;
    }
    ByteString shown = request.getKeysOnly() && !byValue ? ByteString.EMPTY : value.get();
    KeyValue version = KvRows.version(name, row.toBuilder().setValue(shown).build());
    if (bound != null && order.compare(version, bound) > 0) {
      return;
    }
    kept.add(version);
    bytes += size(version);
    while (!kept.isEmpty()
        && (bytes > bytesMax || (request.getLimit() > 0 && kept.size() > request.getLimit()))) {
      bound = kept.last();
      kept.remove(bound);
      bytes -= size(bound);
    }
  }

  /** The answer. */
  RangeResponse response() {
    RangeResponse.Builder response = RangeResponse.newBuilder().setCount(count);
    for (KeyValue version : kept) {
      response.addKvs(request.getKeysOnly() ? version.toBuilder().clearValue().build() : version);
    }
    return response.setMore(bound != null).build();
  }

  private boolean wanted(KvRow row) {
    return within(row.getModRevision(), request.getMinModRevision(), request.getMaxModRevision())
        && within(
            row.getCreateRevision(),
            request.getMinCreateRevision(),
            request.getMaxCreateRevision());
  }

  private static boolean within(long revision, long min, long max) {
    return (min == 0 || revision >= min) && (max == 0 || revision <= max);
  }

  private static long size(KeyValue version) {
    return version.getSerializedSize() + (long) FRAMING_BYTES;
  }

  private static boolean byAscendingKey(RangeRequest request) {
    return request.getSortTarget() == SortTarget.KEY && request.getSortOrder() != SortOrder.DESCEND;
  }

  private static Comparator<KeyValue> order(RangeRequest request) {
    check(request);
    Comparator<KeyValue> byKey = Comparator.comparing(KeyValue::getKey, KeyRange.ORDER);
    Comparator<KeyValue> byTarget =
        switch (request.getSortTarget()) {
          case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
          case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
          case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
          case VALUE -> Comparator.comparing(KeyValue::getValue, KeyRange.ORDER);
          case KEY, UNRECOGNIZED -> byKey;
        };
    boolean descend = request.getSortOrder() == SortOrder.DESCEND;
    return (descend ? byTarget.reversed() : byTarget).thenComparing(byKey);
  }
}
