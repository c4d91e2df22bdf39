package io.cairn.server.raft.log;

import java.util.Arrays;

/**
 * Where the records of one segment end, four bytes for each, and which of them are of
 * configurations. One place per some KiB and a walk over the headers behind it would be shorter and
 * read the disk twice for each entry.
 *
 * <p>Not thread safe: {@link LogIndex} guards those that records are added to; the others do not
 * change any more.
 */
final class RecordEnds {
  private static final int[] NONE = new int[0];

  private final int start;
  private int[] ends = NONE;
  private int count;
  private int[] configurations = NONE;

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

  void add(int end, boolean isConfiguration) {
    if (end <= startOf(count)) {
      throw new IllegalArgumentException("record ends at " + end + " before it begins");
    }
    if (isConfiguration) { // there are a few in the life of a cluster
      configurations = Arrays.copyOf(configurations, configurations.length + 1);
      configurations[configurations.length - 1] = count;
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, Math.max(64, count + (count >> 1)));
    }
    ends[count++] = end;
  }

  /** Adds the records that come next. */
  void addAll(RecordEnds next) {
    int configuration = 0;
    for (int place = 0; place < next.count; place++) {
      boolean is =
          configuration < next.configurations.length && next.configurations[configuration] == place;
      configuration += is ? 1 : 0;
      add(next.ends[place], is);
    }
  }

  /** Begin of a record, or of the one that comes next. */
  int startOf(int place) {
    return place == 0 ? start : ends[place - 1];
  }

  int endOf(int place) {
    return ends[place];
  }

  /** Number of records that are of configurations. */
  int configurations() {
    return configurations.length;
  }

  /** Which record the configuration of this number is. */
  int configurationAt(int number) {
    return configurations[number];
  }

  /** Gives back the memory for records to come: the segment is full. */
  void trim() {
    ends = Arrays.copyOf(ends, count);
  }

  /** For how many records there is memory. */
  int places() {
    return ends.length;
  }

  /** A copy of the first {@code kept} records. */
  RecordEnds first(int kept) {
    RecordEnds copy = new RecordEnds(start);
    copy.count = Math.min(count, kept);
    copy.ends = Arrays.copyOf(ends, copy.count);
    copy.configurations = Arrays.stream(configurations).filter(place -> place < kept).toArray();
    return copy;
  }
}
