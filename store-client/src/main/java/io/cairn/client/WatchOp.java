package io.cairn.client;

/**
 * What to watch.
 *
 * @param fromRevision first revision to tell of, 0 for the next change
 * @param previous true: each event carries what was there before, unless that has been compacted
 *     meanwhile
 */
public record WatchOp(
    KeyRange keys, long fromRevision, boolean previous, boolean noPuts, boolean noDeletes) {

  /** Watches {@code keys} from the next change on. */
  public static WatchOp of(KeyRange keys) {
    return new WatchOp(keys, 0, false, false, false);
  }

  /** The same, from a revision of the past on. */
  public WatchOp fromRevision(long revision) {
    return new WatchOp(keys, revision, previous, noPuts, noDeletes);
  }

  /** The same, with what was there before. */
  public WatchOp withPrevious() {
    return new WatchOp(keys, fromRevision, true, noPuts, noDeletes);
  }

  /** The same, without puts. */
  public WatchOp withoutPuts() {
    return new WatchOp(keys, fromRevision, previous, true, noDeletes);
  }

  /** The same, without deletions. */
  public WatchOp withoutDeletes() {
    return new WatchOp(keys, fromRevision, previous, noPuts, true);
  }
}
