package io.cairn.server.raft.log;

import java.util.Arrays;

/**
 * Where the records of one segment end, four bytes for each: all that is kept of them in memory. A
 * log of 512 MiB of records of 300 bytes holds 7 MiB of it. One place per some KiB and a walk over
 * the headers behind it would hold less and read the disk twice for each entry.
 *
 * <p>Not thread safe: {@link LogIndex} guards it.
 */
final class RecordEnds {
  private static final int[] NONE = new int[0];

  private final int start;
  private int[] ends = NONE;
  private int count;

  /**
   * No record yet.
   *
   * @param start where the first one begins
   */
  RecordEnds(int start) {
    this.start = start;
  }

  int count() {
    return count;
  }

  void add(int end) {
    if (end <= startOf(count)) {
      throw new IllegalArgumentException("record ends at " + end + " before it begins");
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, Math.max(64, count + (count >> 1)));
    }
    ends[count++] = end;
  }

  /** Begin of a record, or of the one that comes next. */
  int startOf(int place) {
    return place == 0 ? start : ends[place - 1];
  }

  int endOf(int place) {
    return ends[place];
  }

  /** Gives back the memory for records to come: the segment is full. */
  void trim() {
    ends = Arrays.copyOf(ends, count);
  }

  /** For how many records there is memory. */
  int places() {
    return ends.length;
  }

  /** Forgets all but the first {@code kept} records. */
  void keep(int kept) {
    count = Math.min(count, kept);
  }
}
