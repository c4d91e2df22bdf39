package io.cairn.core.task;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.RecordWrite;
import java.util.List;

/**
 * The records of one command, in order, as its owner sent them.
 *
 * @param epoch under which they were sent
 * @param firstLsn lsn of the first; without meaning when there are none
 * @param payloads of the records
 */
record SentRecords(long epoch, long firstLsn, List<ByteString> payloads) {
  /** Refuses what no log could take. */
  static SentRecords checked(long epoch, long firstLsn, List<RecordWrite> records) {
    Checks.size("records", records.size(), Limits.RECORDS_MAX);
    if (!records.isEmpty() && firstLsn < 1) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "first lsn " + firstLsn + " is below 1", 1, firstLsn);
    }
    for (RecordWrite record : records) {
      Checks.size("record's bytes", record.getPayload().size(), Limits.VALUE_BYTES_MAX);
    }
    return new SentRecords(epoch, firstLsn, records.stream().map(RecordWrite::getPayload).toList());
  }

  boolean isEmpty() {
    return payloads.isEmpty();
  }

  int size() {
    return payloads.size();
  }

  long lastLsn() {
    return firstLsn + payloads.size() - 1;
  }

  ByteString payload(long lsn) {
    return payloads.get((int) (lsn - firstLsn));
  }

  /**
   * SHA-256 over the first lsn (8 bytes) and each payload behind its length (4 bytes); empty if
   * there are none.
   */
  ByteString digest() {
    if (isEmpty()) {
      return ByteString.EMPTY;
    }
    Sha256 hash = new Sha256().number(firstLsn);
    payloads.forEach(hash::bytes);
    return hash.digest();
  }
}
