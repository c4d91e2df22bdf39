package io.cairn.examples.hadoop;

import java.util.Map;
import java.util.TreeMap;

/**
 * A mapper's state: what it would emit if the split ended here. Kept as a whole, because Hadoop
 * drops the output of an attempt that dies. Mutable, for the mapper's thread.
 */
public final class SplitSums {
  private long records;
  private final Map<String, Long> sums = new TreeMap<>();

  /** Adds a record of the form {@code key<TAB>amount}. */
  void add(String line) {
    int tab = line.indexOf('\t');
    sums.merge(line.substring(0, tab), Long.valueOf(line.substring(tab + 1)), Long::sum);
    records++;
  }

  /** Records of the split that are in the sums, counted from its first. */
  long records() {
    return records;
  }

  Map<String, Long> sums() {
    return sums;
  }
}
