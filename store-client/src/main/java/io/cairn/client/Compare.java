package io.cairn.client;

/**
 * A condition on keys. It holds for a range if it holds for each key in it; an absent key has
 * version, create and mod revision 0.
 *
 * @param number what version, revision or lease is compared with
 * @param value what a value is compared with
 */
public record Compare(KeyRange keys, Target target, Relation relation, long number, Bytes value) {

  /** What is compared. */
  public enum Target {
    VERSION,
    CREATE_REVISION,
    MOD_REVISION,
    VALUE,
    LEASE
  }

  /** How what is there relates to what is given. */
  public enum Relation {
    EQUAL,
    GREATER,
    LESS,
    NOT_EQUAL
  }

  /** The key exists. */
  public static Compare exists(Bytes key) {
    return version(key, Relation.GREATER, 0);
  }

  /** The key does not exist. */
  public static Compare absent(Bytes key) {
    return version(key, Relation.EQUAL, 0);
  }

  /** On the number of puts since the key was created. */
  public static Compare version(Bytes key, Relation relation, long version) {
    return new Compare(KeyRange.key(key), Target.VERSION, relation, version, Bytes.empty());
  }

  /** On the revision that created the key: also the guard of a lock's token. */
  public static Compare createRevision(Bytes key, Relation relation, long revision) {
    return new Compare(
        KeyRange.key(key), Target.CREATE_REVISION, relation, revision, Bytes.empty());
  }

  /** On the revision of the last put. */
  public static Compare modRevision(Bytes key, Relation relation, long revision) {
    return new Compare(KeyRange.key(key), Target.MOD_REVISION, relation, revision, Bytes.empty());
  }

  /** On the value; never holds for an absent key. */
  public static Compare value(Bytes key, Relation relation, Bytes value) {
    return new Compare(KeyRange.key(key), Target.VALUE, relation, 0, value);
  }

  /** On the lease the key hangs on. */
  public static Compare lease(Bytes key, Relation relation, long lease) {
    return new Compare(KeyRange.key(key), Target.LEASE, relation, lease, Bytes.empty());
  }
}
