package io.cairn.client;

/** What one operation answered. */
public sealed interface OpResult permits PutResult, DeleteResult, RangeResult, TxnResult {
  /** The revision of the keyspace that the answer belongs to. */
  long revision();
}
