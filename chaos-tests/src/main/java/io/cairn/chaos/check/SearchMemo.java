package io.cairn.chaos.check;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a search has tried: sets of operations that have taken effect, each with the state that they
 * led to. Of the definite operations all before a first missing one are in a set, so only the few
 * behind it are kept as bits; uncertain ones may be in it or not for ever, and have a bit each.
 */
final class SearchMemo {
  private static final int ENTRY_BYTES = 40;

  /** Of a state, without what it is made of. */
  private static final int STATE_BYTES = 120;

  /** Of each element of a state that is a set. */
  private static final int ELEMENT_BYTES = 56;

  private final Map<Object, Known> states = new HashMap<>();
  private final Bits certain;
  private final Bits uncertain;
  private long[] @Nullable [] table = new long[1 << 10][];
  private int size;
  private long bytes;

  SearchMemo(int certainCount, int uncertainCount) {
    certain = new Bits(certainCount);
    uncertain = new Bits(uncertainCount);
  }

  /** A state once, and its number. */
  private record Known(Object state, int number) {}

  /** A set of small numbers that knows the first one missing. */
  private static final class Bits {
    private final long[] words;
    private int firstMissing;
    private int wordsUsed;

    Bits(int count) {
      words = new long[count / Long.SIZE + 1];
    }

    void set(int bit) {
      words[bit / Long.SIZE] |= 1L << bit;
      wordsUsed = Math.max(wordsUsed, bit / Long.SIZE + 1);
      while (has(firstMissing)) {
        firstMissing++;
      }
    }

    void clear(int bit) {
      words[bit / Long.SIZE] &= ~(1L << bit);
      firstMissing = Math.min(firstMissing, bit);
      while (wordsUsed > 0 && words[wordsUsed - 1] == 0) {
        wordsUsed--;
      }
    }

    boolean has(int bit) {
      return bit / Long.SIZE < words.length && (words[bit / Long.SIZE] & (1L << bit)) != 0;
    }
  }

  /** Puts an operation into the set. */
  void set(boolean isCertain, int bit) {
    (isCertain ? certain : uncertain).set(bit);
  }

  /** Takes an operation out of the set. */
  void clear(boolean isCertain, int bit) {
    (isCertain ? certain : uncertain).clear(bit);
  }

  /**
   * Remembers the set as it is, with a state. Returns that state, one object for all that are
   * equal; null if the set was known with it.
   */
  @Nullable Object add(Object state) {
    Known known = known(state);
    int from = Math.min(certain.firstMissing / Long.SIZE, certain.wordsUsed);
    int certainWords = certain.wordsUsed - from;
    long[] key = new long[2 + certainWords + uncertain.wordsUsed];
    key[0] = known.number;
    key[1] = ((long) certain.firstMissing << 32) | certainWords;
    System.arraycopy(certain.words, from, key, 2, certainWords);
    System.arraycopy(uncertain.words, 0, key, 2 + certainWords, uncertain.wordsUsed);
    if (2 * size >= table.length) {
      grow();
    }
    int place = place(key, table);
    if (table[place] != null) {
      return null;
    }
    table[place] = key;
    size++;
    bytes += ENTRY_BYTES + 8L * key.length;
    return known.state;
  }

  private Known known(Object state) {
    Known known = states.get(state);
    if (known == null) {
      known = new Known(state, states.size());
      states.put(state, known);
      bytes += STATE_BYTES;
      bytes += state instanceof Collection<?> all ? (long) ELEMENT_BYTES * all.size() : 0;
    }
    return known;
  }

  /** About how much is remembered. */
  long bytes() {
    return bytes;
  }

  private void grow() {
    long[][] larger = new long[2 * table.length][];
    for (long[] key : table) {
      if (key != null) {
        larger[place(key, larger)] = key;
      }
    }
    table = larger;
  }

  private static int place(long[] key, long[] @Nullable [] table) {
    int place = spread(key) & (table.length - 1);
    while (table[place] != null && !Arrays.equals(table[place], key)) {
      place = (place + 1) & (table.length - 1);
    }
    return place;
  }

  private static int spread(long[] key) {
    long hash = 0;
    for (long word : key) {
      hash = (hash ^ word) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }
}
