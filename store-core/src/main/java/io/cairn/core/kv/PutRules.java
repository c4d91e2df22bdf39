package io.cairn.core.kv;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.PutRequest;

/** What a put must fulfil. */
final class PutRules {
  private PutRules() {}

  /** Refuses a put that makes no sense in any state. */
  static void checkForm(PutRequest request) {
    if (request.getKey().isEmpty()) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "key is not provided");
    }
    Checks.size("key", request.getKey().size(), Limits.KEY_BYTES_MAX);
    Checks.size("value", request.getValue().size(), Limits.VALUE_BYTES_MAX);
    if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "value is provided, with ignore_value");
    }
    if (request.getIgnoreLease() && request.getLease() != 0) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "lease is provided, with ignore_lease",
          0,
          request.getLease());
    }
  }

  /** Refuses LEASE_NOT_FOUND and KEY_NOT_FOUND. */
  static void checkState(ReadView view, PutRequest request) {
    if (request.getLease() != 0) {
      LeaseTable.require(view, request.getLease());
    }
    if ((request.getIgnoreValue() || request.getIgnoreLease())
        && view.get(ColumnFamily.KV_LATEST, request.getKey().toByteArray()) == null) {
      throw new Refusal(
          ErrorCode.KEY_NOT_FOUND,
          "key of " + request.getKey().size() + " bytes not found, its value or lease is to stay");
    }
  }
}
