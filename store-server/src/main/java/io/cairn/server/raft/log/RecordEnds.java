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
  private int[] configurations = NONE; // number and checksum of each

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

  /** Adds a record that is of a configuration, as a few are in the life of a leader. */
  void addConfiguration(int end, int crc) {
    int length = configurations.length;
    configurations = Arrays.copyOf(configurations, length + 2);
    configurations[length] = count;
    configurations[length + 1] = crc;
    add(end);
  }

  /** Adds the records that come next. */
  void addAll(RecordEnds next) {
    int configuration = 0;
    for (int place = 0; place < next.count; place++) {
      if (configuration < next.configurations() && next.configurationAt(configuration) == place) {
        addConfiguration(next.ends[place], next.configurationCrc(configuration++));
      } else {
        add(next.ends[place]);
      }
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
    return configurations.length / 2;
  }

  /** Which record the configuration of this number is. */
  int configurationAt(int number) {
    return configurations[2 * number];
  }

  /** Checksum of that record. */
  int configurationCrc(int number) {
    return configurations[2 * number + 1];
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
    int held = 0;
    while (held < configurations() && configurationAt(held) < kept) {
      held++;
    }
    copy.configurations = Arrays.copyOf(configurations, 2 * held);
    return copy;
  }
}
