package io.cairn.client;

/**
 * Writes one key.
 *
 * @param lease the lease the key shall hang on, 0 for none
 * @param previous true: answer with what was there
 * @param keepValue true: leave the value as it is
 * @param keepLease true: leave the lease as it is
 */
public record PutOp(
    Bytes key, Bytes value, long lease, boolean previous, boolean keepValue, boolean keepLease)
    implements Op {

  /** A plain put. */
  public static PutOp of(Bytes key, Bytes value) {
    return new PutOp(key, value, 0, false, false, false);
  }

  /** A plain put. */
  public static PutOp of(String key, String value) {
    return of(Bytes.utf8(key), Bytes.utf8(value));
  }

  /** The same, hanging on a lease. */
  public PutOp withLease(long id) {
    return new PutOp(key, value, id, previous, keepValue, keepLease);
  }

  /** The same, answered with what was there. */
  public PutOp withPrevious() {
    return new PutOp(key, value, lease, true, keepValue, keepLease);
  }

  /** The same, leaving the value. */
  public PutOp keepingValue() {
    return new PutOp(key, Bytes.empty(), lease, previous, true, keepLease);
  }

  /** The same, leaving the lease. */
  public PutOp keepingLease() {
    return new PutOp(key, value, 0, previous, keepValue, true);
  }
}
