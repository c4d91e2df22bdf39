package io.cairn.core.storage;

/**
 * The 64-bit numbers of a group. Each is one row of {@link ColumnFamily#COUNTER}; absent means the
 * initial value.
 */
public enum Counter {
  /** Revision of the last change of the keyspace. An empty store is at 1, as in etcd. */
  REVISION(1, 1),
  /** Reads below this revision are refused. */
  COMPACTED(2, 0),
  /** Last epoch given out, over all tasks; only grows (I4). */
  EPOCH(3, 0),
  /** Log time in milliseconds; never goes back (I10). */
  LOG_TIME(4, 0),
  /** Log time of the newest leader start: nothing ends before it plus a time to live (I10). */
  FLOOR(5, 0),
  /** Present keys. */
  KEYS(6, 0),
  /** Tasks. */
  TASKS(7, 0),
  /** Open sessions. */
  SESSIONS(8, 0),
  /** Leases. */
  LEASES(9, 0),
  /** Housekeeping has removed history up to here. */
  COMPACTION_DONE(10, 0),
  /** Jobs. */
  JOBS(11, 0),
  /** Registered workers. */
  WORKERS(12, 0);

  /** No counter has a number above it. */
  static final int HIGHEST_NUMBER = 12;

  private final int number;
  private final long initial;

  Counter(int number, long initial) {
    this.number = number;
    this.initial = initial;
  }

  int number() {
    return number;
  }

  byte[] key() {
    return new byte[] {(byte) number};
  }

  long initial() {
    return initial;
  }
}
