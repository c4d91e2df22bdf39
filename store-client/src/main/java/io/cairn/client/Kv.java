package io.cairn.client;

import java.util.Optional;

/**
 * The keyspace: a linearizable, versioned map with transactions and watches. Each call waits for
 * its answer, at most for the client's request timeout, and throws {@link CairnException}. {@link
 * #async()} has the same calls without waiting.
 */
public interface Kv {
  /** The same calls without waiting. */
  AsyncKv async();

  /** Writes a key. */
  PutResult put(PutOp put);

  /** Deletes keys. */
  DeleteResult delete(DeleteOp delete);

  /** Reads keys. */
  RangeResult range(RangeOp range, ReadMode mode);

  /** Runs a transaction. */
  TxnResult txn(Txn txn);

  /** Writes the key if its mod revision is {@code expectedModRevision}; 0: if it is absent. */
  CasResult cas(Bytes key, long expectedModRevision, Bytes value);

  /** Writes the key if its value is {@code expected}; empty: if it is absent. */
  CasResult cas(Bytes key, Optional<Bytes> expected, Bytes value);

  /** Gives up history below {@code revision}: reads and watches there answer COMPACTED. */
  void compact(long revision);

  /**
   * Watches keys, and tells {@code listener} of each change once, in revision order, also over lost
   * connections and changes of leader.
   */
  Watch watch(WatchOp watch, WatchListener listener);

  /** Watches keys, for a caller that takes the changes itself. */
  WatchCursor watch(WatchOp watch);

  /** Reads keys, linearizable. */
  default RangeResult range(RangeOp range) {
    return range(range, ReadMode.linearizable());
  }

  /** Reads one key. */
  default Optional<KeyValue> get(Bytes key, ReadMode mode) {
    return range(RangeOp.of(KeyRange.key(key)), mode).first();
  }

  /** Reads one key, linearizable. */
  default Optional<KeyValue> get(Bytes key) {
    return get(key, ReadMode.linearizable());
  }

  /** Reads one key, linearizable. */
  default Optional<KeyValue> get(String key) {
    return get(Bytes.utf8(key));
  }

  /** Writes a key. */
  default PutResult put(Bytes key, Bytes value) {
    return put(PutOp.of(key, value));
  }

  /** Writes a key. */
  default PutResult put(String key, String value) {
    return put(PutOp.of(key, value));
  }

  /** Deletes one key. */
  default DeleteResult delete(String key) {
    return delete(DeleteOp.of(KeyRange.key(key)));
  }
}
