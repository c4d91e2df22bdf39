package io.cairn.examples.wordcount;

import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How often words occur. For one thread. */
public final class Counts {
  private final SortedMap<String, Long> byWord = new TreeMap<>();

  /** One more of each. */
  public Counts add(List<String> words) {
    words.forEach(word -> add(word, 1));
    return this;
  }

  /** So many more of a word. */
  public Counts add(String word, long count) {
    byWord.merge(word, count, Long::sum);
    return this;
  }

  /** All of others'. */
  public Counts add(Counts others) {
    others.byWord.forEach(this::add);
    return this;
  }

  /** Those of the words that fall to reducer {@code number} of {@code reducers}. */
  public Counts share(int number, int reducers) {
    Counts share = new Counts();
    byWord.forEach(
        (word, count) -> {
          if (Math.floorMod(word.hashCode(), reducers) == number) {
            share.add(word, count);
          }
        });
    return share;
  }

  /** The counts by word. */
  public SortedMap<String, Long> byWord() {
    return new TreeMap<>(byWord);
  }

  /** A line {@code count word} for each word, in their order. */
  public String lines() {
    return byWord.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining("\n"));
  }

  /** From {@link #lines}. */
  public static Counts ofLines(String lines) {
    Counts counts = new Counts();
    for (Iterator<String> each = lines.lines().iterator(); each.hasNext(); ) {
      String line = each.next();
      int blank = line.indexOf(' ');
      counts.add(line.substring(blank + 1), Long.parseLong(line.substring(0, blank)));
    }
    return counts;
  }
}
