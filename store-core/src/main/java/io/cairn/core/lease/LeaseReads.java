package io.cairn.core.lease;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.LeaseRow;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.LeaseListResponse;
import io.cairn.protocol.v1.LeaseTimeToLiveRequest;
import io.cairn.protocol.v1.LeaseTimeToLiveResponse;
import java.util.Optional;

/** Answers what is asked about leases, over a view. Any thread. */
public final class LeaseReads {
  private LeaseReads() {}

  /** What is left of a lease, as of the newest applied log time; -1 if there is no such lease. */
  public static LeaseTimeToLiveResponse timeToLive(ReadView view, LeaseTimeToLiveRequest request) {
    LeaseTimeToLiveResponse.Builder response =
        LeaseTimeToLiveResponse.newBuilder().setId(request.getId());
    Optional<LeaseRow> row = LeaseTable.find(view, request.getId());
    if (row.isEmpty()) {
      return response.setTtlMillis(-1).build();
    }
    long left = LeaseTable.deadlineMillis(view, row.get()) - view.counter(Counter.LOG_TIME);
    response.setTtlMillis(Math.max(0, left)).setGrantedTtlMillis(row.get().getTtlMillis());
    if (request.getKeys()) {
      addKeys(view, request.getId(), response);
    }
    return response.build();
  }

  /** Ids of all leases, at most a page of them. */
  public static LeaseListResponse list(ReadView view) {
    LeaseListResponse.Builder response = LeaseListResponse.newBuilder();
    try (Cursor cursor = view.ascend(ColumnFamily.LEASE, new byte[0], null)) {
      while (response.getIdsCount() < Limits.PAGE_ROWS_MAX && cursor.next()) {
        response.addIds(KeyLayout.readLong(cursor.key(), 0));
      }
    }
    return response.build();
  }

  private static void addKeys(ReadView view, long lease, LeaseTimeToLiveResponse.Builder response) {
    byte[] from = KeyLayout.leaseItem(lease, KeyLayout.ITEM_KEY, new byte[0]);
    long bytes = 0;
    try (Cursor cursor = view.ascend(ColumnFamily.LEASE_ITEM, from, KeyLayout.prefixEnd(from))) {
      while (bytes < Limits.ANSWER_BYTES_MAX && cursor.next()) {
        byte[] key = KeyLayout.nameOfLeaseItem(cursor.key());
        bytes += key.length;
        response.addKeys(ByteString.copyFrom(key));
      }
    }
  }
}
