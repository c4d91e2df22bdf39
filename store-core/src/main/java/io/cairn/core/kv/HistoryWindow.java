package io.cairn.core.kv;

/**
 * Which part of the keyspace's history to read.
 *
 * @param fromRevision the first revision
 * @param toRevision the last revision; what lies in the future is left out
 * @param range keys of interest
 * @param rowsMax changes to look at, of interest or not, after which the page ends with its
 *     revision
 * @param bytesMax bytes of events after which the page ends with its revision
 */
public record HistoryWindow(
    long fromRevision, long toRevision, KeyRange range, int rowsMax, long bytesMax) {
  /** Refuses bounds under which a page would have no place for a revision. */
  public HistoryWindow {
    if (fromRevision < 1 || rowsMax < 1 || bytesMax < 1) {
      throw new IllegalArgumentException(
          "history from "
              + fromRevision
              + " with at most "
              + rowsMax
              + " rows and "
              + bytesMax
              + " bytes");
    }
  }
}
