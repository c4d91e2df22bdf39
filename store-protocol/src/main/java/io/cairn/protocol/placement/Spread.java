package io.cairn.protocol.placement;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How keys are spread over nodes, for people: its fractions are no matter for a state machine.
 *
 * @param keysPerNode the number of keys of each node, by name ascending; a copy, unmodifiable
 */
public record Spread(SortedMap<String, Integer> keysPerNode) {
  /** Copies what it is given. */
  public Spread {
    keysPerNode = Collections.unmodifiableSortedMap(new TreeMap<>(keysPerNode));
  }

  /** The spread of these counts. */
  public static Spread of(Map<String, Integer> keysPerNode) {
    return new Spread(new TreeMap<>(keysPerNode));
  }

  /** All keys. */
  public long keys() {
    return keysPerNode.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** Keys of the node that has the fewest; 0 without nodes. */
  public int min() {
    return keysPerNode.values().stream().mapToInt(Integer::intValue).min().orElse(0);
  }

  /** Keys of the node that has the most; 0 without nodes. */
  public int max() {
    return keysPerNode.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** Keys of a node on average; 0 without nodes. */
  public double mean() {
    return keysPerNode.isEmpty() ? 0 : (double) keys() / keysPerNode.size();
  }

  /** Standard deviation of the counts, of all nodes and not of a sample; 0 without nodes. */
  public double stddev() {
    double mean = mean();
    double squares =
        keysPerNode.values().stream().mapToDouble(keys -> (keys - mean) * (keys - mean)).sum();
    return keysPerNode.isEmpty() ? 0 : Math.sqrt(squares / keysPerNode.size());
  }

  /** How much more than the mean the fullest node has: 1.25 is a quarter more; 1 without keys. */
  public double maxOverMean() {
    double mean = mean();
    return mean == 0 ? 1 : max() / mean;
  }
}
