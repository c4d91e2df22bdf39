package io.cairn.client;

/**
 * Reads keys.
 *
 * @param limit most keys to answer, 0 for no limit but the size of an answer
 * @param revision the revision to read at, 0 for now
 * @param content what of each key is answered
 */
public record RangeOp(KeyRange keys, long limit, long revision, Sort sort, Content content)
    implements Op {

  /** What keys are ordered by. */
  public enum Target {
    KEY,
    VERSION,
    CREATE_REVISION,
    MOD_REVISION,
    VALUE
  }

  /** What of each key is answered. */
  public enum Content {
    KEYS_AND_VALUES,
    KEYS,
    COUNT
  }

  /** An order. */
  public record Sort(Target by, boolean descending) {}

  /** Reads {@code keys} as they are now, in key order. */
  public static RangeOp of(KeyRange keys) {
    return new RangeOp(keys, 0, 0, new Sort(Target.KEY, false), Content.KEYS_AND_VALUES);
  }

  /** The same, answering at most {@code keysMax} keys. */
  public RangeOp limit(long keysMax) {
    return new RangeOp(keys, keysMax, revision, sort, content);
  }

  /** The same, at a revision of the past. */
  public RangeOp atRevision(long atRevision) {
    return new RangeOp(keys, limit, atRevision, sort, content);
  }

  /** The same, in another order. */
  public RangeOp sortedBy(Target by, boolean descending) {
    return new RangeOp(keys, limit, revision, new Sort(by, descending), content);
  }

  /** The same, without values. */
  public RangeOp keysOnly() {
    return new RangeOp(keys, limit, revision, sort, Content.KEYS);
  }

  /** The same, only counted. */
  public RangeOp countOnly() {
    return new RangeOp(keys, limit, revision, sort, Content.COUNT);
  }
}
